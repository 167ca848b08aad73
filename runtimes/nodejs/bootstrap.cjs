'use strict';
// The runtime of Node.js functions: loads the handler, then asks the Runtime API for one invocation after the other.
//
//   load handler --> (snapshot hooks, restore/next) --> next --> call handler --> response or error --> next ...
//        |                                                           |
//   init/error, exit                                        uncaught: error, exit
//
// Started as `node bootstrap.cjs`, in LAMBDA_TASK_ROOT. It is CommonJS, and each rarely used part is loaded on demand,
// because every file counts in a cold start.

const { RuntimeApi } = require('./runtime-api.cjs');
const { patchConsole, logError, logAs } = require('./console.cjs');
const { UnhandledPromiseRejection } = require('./errors.cjs');
const { loadHandler, isStreaming } = require('./handler.cjs');
const eventLoop = require('./event-loop.cjs');

const exitOfUncaughtException = 129;
const exitOfUnhandledRejection = 128;

// nodejs24.x, by what the function asked for and not by the node that runs it here.
const firstWithoutCallbacks = 24;

let api;
let current;

async function main() {
  patchConsole();
  api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  process.on('uncaughtException', (error) => die('Uncaught Exception', error, exitOfUncaughtException));
  process.on('unhandledRejection', (reason, promise) =>
    die('Unhandled Promise Rejection', new UnhandledPromiseRejection(reason, promise), exitOfUnhandledRejection));
  eventLoop.watch();

  const snapshots = process.env.AWS_LAMBDA_INITIALIZATION_TYPE === 'snap-start' ? require('./snapshots.cjs') : undefined;
  snapshots?.prepare();
  let handler;
  let serve;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), process.env._HANDLER ?? '');
    serve = serverOf(handler);
  } catch (error) {
    return die('Uncaught Exception', error, exitOfUncaughtException);
  }

  if (snapshots) await snapshots.awaitRestore(api);
  for (;;) {
    current = await api.next();
    logAs(current);
    setTraceId(current.traceId);
    await serve(api, handler, current);
  }
}

function serverOf(handler) {
  if (isStreaming(handler)) return require('./streaming.cjs').serveStreaming;
  if (Number(/^AWS_Lambda_nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1] ?? 0) < firstWithoutCallbacks) {
    return require('./buffered.cjs').serveBuffered;
  }
  const { refuseCallback, servePromised } = require('./promised.cjs');
  refuseCallback(handler);
  return servePromised;
}

function setTraceId(traceId) {
  if (traceId) process.env._X_AMZN_TRACE_ID = traceId;
  else delete process.env._X_AMZN_TRACE_ID;
}

// The process is in an unknown state now: the caller is told what happened, and the platform starts a new one.
async function die(what, error, exitCode) {
  logError(what, error);
  try {
    await api.lastWords(error, current);
  } finally {
    process.exit(exitCode);
  }
}

main().catch((fault) => {
  // The platform is gone or does not speak the protocol; nobody is left to be told.
  process.stderr.write(`Runtime API: ${fault.message}\n`);
  process.exit(1);
});
