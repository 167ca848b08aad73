'use strict';
// Between init and the first invocation of a SnapStart function; spec: 7.2. Loaded for such functions only.
//
//    before-snapshot hooks, last registered first --> restore/next (the snapshot is taken here) --> after-restore hooks, in order
//                 | init/error, exit 64                                                                 | restore/error, exit 65
//
// Lambda has no SnapStart for Node.js, so there is no module of its own to do as it does. The global `snapStart` is there only when
// there will be a snapshot: `globalThis.snapStart?.registerAfterRestore(...)` does no harm anywhere else.

const v8 = require('node:v8');
const vm = require('node:vm');
const { logError } = require('./console.cjs');
const { NodeJsExit } = require('./errors.cjs');
const eventLoop = require('./event-loop.cjs');
const uniqueness = require('./uniqueness.cjs');

const beforeSnapshotFailed = 64;
const afterRestoreFailed = 65;

const worthCollectingBytes = 16 << 20;

const before = [];
const after = [];

// Comes before the function is loaded.
function prepare() {
  uniqueness.arrange();
  globalThis.snapStart = Object.freeze({
    // Runs before the snapshot is taken; the hook registered last runs first.
    registerBeforeSnapshot: (hook, ...values) => before.push(registered(hook, values)),
    // Runs in every environment that starts from the snapshot, in the order of registration.
    registerAfterRestore: (hook, ...values) => after.push(registered(hook, values)),
  });
}

function registered(hook, values) {
  if (typeof hook !== 'function') throw new TypeError(`a hook must be a function, not ${typeof hook}`);
  return () => hook(...values);
}

async function awaitRestore(api) {
  try {
    await run([...before].reverse());
    // What fails here would fail in each clone.
    uniqueness.renew();
    collectGarbage();
  } catch (error) {
    await giveUp(error, (it) => api.failInit(it, 'Runtime.BeforeSnapshotError'), beforeSnapshotFailed);
  }
  await api.restoreNext();
  try {
    uniqueness.renew();
    await run(after);
  } catch (error) {
    await giveUp(error, (it) => api.failRestore(it, 'Runtime.AfterRestoreError'), afterRestoreFailed);
  }
}

async function run(hooks) {
  for (const hook of hooks) {
    // A hook that can never end shows itself by an event loop with nothing left to do.
    await Promise.race([hook(), new Promise((_, reject) => eventLoop.whenEmpty(() => reject(new NodeJsExit())))]);
  }
  eventLoop.whenEmpty(undefined);
}

async function giveUp(error, tell, exitCode) {
  logError('SnapStart Hook Error', error);
  try {
    await tell(error);
  } finally {
    process.exit(exitCode);
  }
}

// Each page that is garbage would be written once and read by each clone. In a small heap a
// collection costs more pages than it gives back.
function collectGarbage() {
  if (v8.getHeapStatistics().total_heap_size < worthCollectingBytes) return;
  if (v8.queryObjects) countNothing();
  else collectTwice();
}

// The only way to have V8 give back all it can, its young generation's halves too; gc() leaves them.
function countNothing() {
  const { emitWarning } = process;
  process.emitWarning = () => {};    // that it is experimental
  try {
    v8.queryObjects(class {}, { format: 'count' });
  } finally {
    process.emitWarning = emitWarning;
  }
}

function collectTwice() {
  v8.setFlagsFromString('--expose-gc');
  vm.runInNewContext('gc(); gc()');
  v8.setFlagsFromString('--no-expose-gc');
}

module.exports = { prepare, awaitRestore };
