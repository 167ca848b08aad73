/* A runtime that never comes to ask for an event: it does what STATE/deed says, POINT: DEED, while it is loaded. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char path[4096], verb[16] = "";
  int number = 0;
  snprintf(path, sizeof path, "%s/deed", getenv("STATE"));
  FILE *file = fopen(path, "r");
  if (file && fscanf(file, "load: %15s %d", verb, &number) < 1) return 99;
  if (!strcmp(verb, "exit")) return number;
  if (!strcmp(verb, "signal")) kill(getpid(), number);
  while (!strcmp(verb, "fill")) {
    memset(malloc(4 << 20), 'x', 4 << 20);
    usleep(5000);
  }
  for (;;) pause();
}
