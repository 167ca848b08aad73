'use strict';
// `console` in the two shapes of Lambda's log, text or JSON; spec: 5.2. One call is one event.

const { format } = require('node:util');
const { toLogText } = require('./errors.cjs');

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

// Other copies of a runtime, and instrumentation, look the request id up by this symbol.
const requestIdKey = Symbol.for('aws.lambda.runtime.requestId');

const json = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
let tenantId;

function patchConsole() {
  const descriptor = ownDescriptor(process.env._LAMBDA_TELEMETRY_LOG_FD);
  const write = descriptor === undefined ? writeLine : frameWriter(descriptor);
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;

  const lowest = Math.max(0, levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
  for (const [priority, level] of levels.entries()) {
    const shape = json ? jsonEvent : textEvent;
    console[level.toLowerCase()] = priority < lowest
      ? () => {}
      : (...values) => { const now = new Date(); write(shape(now, level, values), now, priority); };
  }
  console.log = console.info;
}

// Every event that follows belongs to this invocation.
function logAs(invocation) {
  globalThis[requestIdKey] = invocation.id;
  tenantId = invocation.tenantId;
}

function logError(what, error) {
  const thrown = error instanceof Error ? error : new Error(error);
  if (json) console.error(thrown);
  else console.error(what, `\t${toLogText(thrown)}`);
}

function textEvent(now, level, values) {
  return `${now.toISOString()}\t${globalThis[requestIdKey]}\t${level}\t${format(...values)}`;
}

function jsonEvent(now, level, values) {
  const event = { timestamp: now.toISOString(), level, requestId: globalThis[requestIdKey], tenantId };
  try {
    return JSON.stringify({ ...event, ...messageOf(values) }, (_, value) => value instanceof Error ? factsOf(value) : value);
  } catch {
    // Circular, or a BigInt: what JSON cannot say, text can.
    return JSON.stringify({ ...event, message: format(...values) });
  }
}

function messageOf(values) {
  if (values.length === 1) return { message: values[0] };
  const error = values.find((value) => value instanceof Error);
  return { message: format(...values), ...(error && factsOf(error)) };
}

function factsOf(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
    ...error,
  };
}

// Output is cut into events at each line feed, so those inside an event must look different.
function writeLine(event) {
  process.stdout.write(event.replaceAll('\n', '\r') + '\n');
}

// Children would inherit the descriptor that we were given, and none that we open. A wrapper may have closed it.
function ownDescriptor(given) {
  if (!given) return undefined;
  const fs = require('node:fs');
  try {
    const own = fs.openSync(`/proc/self/fd/${Number(given)}`, fs.constants.O_WRONLY);
    fs.closeSync(Number(given));
    return own;
  } catch {
    return undefined;
  }
}

// Frames keep an event's bounds, time and level; spec: 5.4.
function frameWriter(descriptor) {
  const fs = require('node:fs');
  return (event, now, priority) => {
    const message = Buffer.from(event);
    const frame = Buffer.alloc(16 + message.length);
    frame.writeUInt32BE((0xa55a0002 | (json ? 0 : 1) | ((priority + 1) << 2)) >>> 0, 0);
    frame.writeUInt32BE(message.length, 4);
    frame.writeBigUInt64BE(BigInt(now.valueOf()) * 1000n, 8);
    message.copy(frame, 16);
    for (let written = 0; written < frame.length;) written += fs.writeSync(descriptor, frame, written);
  };
}

module.exports = { patchConsole, logAs, logError };
