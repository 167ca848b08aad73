import { setTimeout as sleep } from 'node:timers/promises';

const seconds = Number(process.env.INIT_SECONDS ?? 11);
const started = Date.now();
for (let second = 1; second <= seconds; second++) {
  await sleep(1000);
  console.log(`init: ${second} of ${seconds} s`);
}
const initSeconds = (Date.now() - started) / 1000;

export const handler = async () => ({ initSeconds });
