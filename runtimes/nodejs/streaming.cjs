'use strict';
// One invocation of a handler made by `awslambda.streamifyResponse`: handler(event, responseStream, context).

const { contextThatWaits } = require('./context.cjs');
const { highWaterMarkKey } = require('./handler.cjs');
const { ResponseStream } = require('./response-stream.cjs');
const { check } = require('./runtime-api.cjs');
const { logError } = require('./console.cjs');
const eventLoop = require('./event-loop.cjs');

// Resolves when the platform may be asked for the next invocation.
async function serveStreaming(api, handler, invocation) {
  const stream = new ResponseStream(api.streamTo(invocation), handler[highWaterMarkKey]);
  let context;
  try {
    context = contextThatWaits(invocation);
    await Promise.race([run(handler, invocation, stream, context), forgotten(stream)]);
    check(await stream.answered);
  } catch (error) {
    logError('Invoke Error', error);
    await fail(api, invocation, stream, error);
  }
  if (!context || context.callbackWaitsForEmptyEventLoop) await new Promise(eventLoop.whenEmpty);
}

async function run(handler, invocation, stream, context) {
  const broken = new Promise((_, reject) => stream.on('error', reject));
  const promise = handler(JSON.parse(invocation.event), stream, context);
  if (typeof promise?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
  const result = await Promise.race([promise, broken]);
  if (result !== undefined) console.warn('Streaming handlers ignore return values.');
  await Promise.race([stream.answered, broken]);
}

// Nothing can happen any more, and the stream was not ended.
function forgotten(stream) {
  return new Promise((_, reject) => eventLoop.whenEmpty(() => {
    if (!stream.writableEnded) reject(new Error('Response stream is not finished.'));
  }));
}

async function fail(api, invocation, stream, error) {
  if (!stream.started) {
    stream.destroy();
    return api.fail(invocation, error);
  }
  stream.fail(error);
  try {
    check(await stream.answered);
  } catch (fault) {
    console.error(`The response stream broke off: ${fault.message}`);
  }
}

module.exports = { serveStreaming };
