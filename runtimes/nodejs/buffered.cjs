'use strict';
// One invocation of a handler whose result is sent as a whole.
//
// Three kinds of handlers end it in four ways, and only the first end counts:
//   async            the promise settles
//   callback         callback(error, result); a result waits for the empty event loop, unless the context says not to
//   oldest           context.done, succeed, fail
//   forgotten        none of these, and the event loop is empty

const { types } = require('node:util');
const { contextOf } = require('./context.cjs');
const { NodeJsExit } = require('./errors.cjs');
const { logError } = require('./console.cjs');
const eventLoop = require('./event-loop.cjs');

// Resolves when the platform may be asked for the next invocation.
function serveBuffered(api, handler, invocation) {
  return new Promise((resolve, reject) => {
    let ended = false;

    const post = (sending) => sending.then(resolve, reject);
    const fail = (error) => {
      logError('Invoke Error', error);
      post(api.fail(invocation, error));
    };
    const respond = (result) => {
      let json;
      try {
        json = toJson(result);
      } catch (error) {
        return fail(error);
      }
      post(api.respond(invocation, json));
    };
    const end = (error, result, patient = false) => {
      if (ended) return;
      ended = true;
      eventLoop.whenEmpty(undefined);
      if (error !== undefined && error !== null) fail(error);
      else if (patient && completion.callbackWaitsForEmptyEventLoop) eventLoop.whenEmpty(() => respond(result));
      else respond(result);
    };

    const completion = {
      callbackWaitsForEmptyEventLoop: true,
      done: (error, result) => end(error, result),
      succeed: (result) => end(undefined, result),
      fail: (error) => end(error ?? 'handled'),
    };

    eventLoop.whenEmpty(() => end(types.isAsyncFunction(handler) ? forgotten() : undefined, null));
    try {
      const context = contextOf(invocation, accessors(completion));
      const result = handler(JSON.parse(invocation.event), context, (error, value) => end(error, value, true));
      if (typeof result?.then === 'function') result.then(completion.succeed, completion.fail);
    } catch (error) {
      end(error ?? 'handled');
    }
  });
}

function forgotten() {
  return new NodeJsExit();
}

// The handler sets the flag on its context; `end` must see it.
function accessors(completion) {
  return {
    ...completion,
    get callbackWaitsForEmptyEventLoop() { return completion.callbackWaitsForEmptyEventLoop; },
    set callbackWaitsForEmptyEventLoop(value) { completion.callbackWaitsForEmptyEventLoop = value; },
  };
}

// No result is null; so is one that JSON leaves out, such as a function.
function toJson(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

module.exports = { serveBuffered, accessors };
