'use strict';
// One invocation of a handler for nodejs24.x and later: what it returns, or its promise brings, is the answer. There is no callback, and
// nothing on the context ends the invocation. A promise that nothing can settle any more lets the process end, as in Lambda.

const { contextOf } = require('./context.cjs');
const { CallbackHandlerDeprecated, JSONStringifyError } = require('./errors.cjs');
const { logError } = require('./console.cjs');

function refuseCallback(handler) {
  if (handler.length >= 3) {
    throw new CallbackHandlerDeprecated('ERROR: AWS Lambda has removed support for callback-based function handlers starting with '
      + 'Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more '
      + 'information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
  }
}

async function servePromised(api, handler, invocation) {
  let json;
  try {
    json = toJson(await handler(JSON.parse(invocation.event), contextOf(invocation)));
  } catch (error) {
    logError('Invoke Error', error);
    return await api.fail(invocation, error);
  }
  await api.respond(invocation, json);
}

function toJson(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new JSONStringifyError('Unable to stringify response body');
  }
}

module.exports = { refuseCallback, servePromised };
