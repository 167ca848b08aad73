/* A runtime that never comes to ask for an event: it does what FIRST_DEED says, POINT: DEED, while it is loaded. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char verb[16] = "";
  int number = 0;
  if (sscanf(getenv("FIRST_DEED"), "load: %15s %d", verb, &number) < 1) return 99;
  if (!strcmp(verb, "exit")) return number;
  if (!strcmp(verb, "signal")) kill(getpid(), number);
  while (!strcmp(verb, "fill")) {
    memset(malloc(4 << 20), 'x', 4 << 20);
    usleep(5000);
  }
  for (;;) pause();
}
