import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const state = process.env.STATE;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What it is to do at this point of its life: the file STATE/deed says POINT: DEED.
function asked(point) {
  if (!existsSync(`${state}/deed`)) return '';
  const [where, what] = readFileSync(`${state}/deed`, 'utf8').split(': ');
  if (where !== point) return '';
  if (what.endsWith(' once')) rmSync(`${state}/deed`);
  return what.replace(/ once$/, '');
}

async function act(what) {
  const [verb, object] = what.split(' ');
  switch (verb) {
    case 'throw':
      throw new TypeError('as asked');
    case 'exit':
      process.exit(Number(object));
    case 'signal':
      process.kill(process.pid, Number(object));
      return pause(600_000);
    case 'hang':
      return pause(600_000);
    case 'break':
      process.kill(process.ppid, 'SIGKILL');
      return pause(600_000);
    case 'fill':
      for (const held = []; ; await pause(5)) held.push(Buffer.alloc(4 << 20, 'x'));
    case 'bytes':
      return 'x'.repeat(Number(object) - 2);
  }
}

const kept = existsSync(`${state}/kept`);
writeFileSync(`${state}/kept`, '');
await act(asked('load'));
export const handler = async () => (await act(asked('invoke'))) ?? { pid: process.pid, kept };
