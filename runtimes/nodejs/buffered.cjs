'use strict';
// One invocation of a handler whose result is sent as a whole.
//
// Three kinds of handlers end it in four ways, and only the first end counts:
//   async            the promise settles
//   callback         callback(error, result); a result waits for the empty event loop, unless the context says not to
//   oldest           context.done, succeed, fail
//   forgotten        none of these, and the event loop is empty

const { types } = require('node:util');
const { contextThatWaits } = require('./context.cjs');
const { NodeJsExit } = require('./errors.cjs');
const { logError } = require('./console.cjs');
const eventLoop = require('./event-loop.cjs');

// Resolves when the platform may be asked for the next invocation.
function serveBuffered(api, handler, invocation) {
  return new Promise((resolve, reject) => {
    let ended = false;
    let context;

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
      else if (patient && context.callbackWaitsForEmptyEventLoop) eventLoop.whenEmpty(() => respond(result));
      else respond(result);
    };

    const succeed = (result) => end(undefined, result);
    const endWithError = (error) => end(error ?? 'handled');

    eventLoop.whenEmpty(() => end(types.isAsyncFunction(handler) ? forgotten() : undefined, null));
    try {
      context = contextThatWaits(invocation);
      context.done = (error, result) => end(error, result);
      context.succeed = succeed;
      context.fail = endWithError;
      const result = handler(JSON.parse(invocation.event), context, (error, value) => end(error, value, true));
      if (typeof result?.then === 'function') result.then(succeed, endWithError);
    } catch (error) {
      endWithError(error);
    }
  });
}

function forgotten() {
  return new NodeJsExit();
}

// No result is null; so is one that JSON leaves out, such as a function.
function toJson(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

module.exports = { serveBuffered };
