'use strict';
// An invocation may end when its event loop runs empty: a callback handler waits for that before it answers, and a handler
// that can never answer any more shows itself by it.

let action;

// The connection to the platform keeps the loop alive only while an answer is awaited, so node's `beforeExit` means just that.
function watch() {
  process.on('beforeExit', () => {
    const due = action;
    action = undefined;
    due?.();
  });
}

function whenEmpty(next) {
  action = next;
}

module.exports = { watch, whenEmpty };
