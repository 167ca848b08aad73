import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

// Files of the sandbox: what says that somebody was here before, and what this process is asked for.
const { STATE: state, DEED: deed } = process.env;
const born = randomUUID();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What it is to do at this point of its life, POINT: DEED, as the file says; until there is one, the variable.
function asked(point) {
  const [where, what] = (existsSync(deed) ? readFileSync(deed, 'utf8') : process.env.FIRST_DEED ?? '').split(': ');
  if (where !== point) return '';
  if (what.endsWith(' once')) writeFileSync(deed, '');
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
    case 'break': // Which it cannot: the test does.
      return pause(600_000);
    case 'fill':
      for (const held = []; ; await pause(5)) held.push(Buffer.alloc(4 << 20, 'x'));
    case 'bytes':
      return 'x'.repeat(Number(object) - 2);
  }
}

const kept = existsSync(state);
writeFileSync(state, '');
await act(asked('load'));
export const handler = async () => (await act(asked('invoke'))) ?? { born, kept };
