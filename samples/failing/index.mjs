if (process.env.FAIL_INIT === 'throw') throw new Error('Init has failed, as asked');
if (process.env.FAIL_INIT === 'exit') process.exit(1);

const failures = {
  // The process lives on: the error is an answer.
  throw: () => { throw new RangeError('thrown by the handler'); },
  // The process ends, and the next invoke starts with an Init.
  exit: () => process.exit(3),
  crash: () => { setTimeout(() => { throw new Error('thrown outside the handler'); }, 10); return new Promise(() => {}); },
  reject: () => { Promise.reject(new Error('nobody catches this')); return new Promise(() => {}); },
  // Nothing is left to do, and no answer was given.
  forget: () => new Promise(() => {}),
  // The function's timeout ends it.
  sleep: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
  // More than the 6 MB that a response may have.
  large: () => 'x'.repeat(7 * 1024 * 1024),
};

export const handler = async ({ how }) => {
  const fail = failures[how];
  return fail ? fail() : `nothing failed; "how" may be ${Object.keys(failures).join(', ')}`;
};
