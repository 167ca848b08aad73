'use strict';
// Errors in the shapes that the platform, the log and X-Ray want.

const { types } = require('node:util');

// A header is no place for more; a cause that is larger is left out, as the caller gets the whole error anyway.
const xrayCauseBytesMax = 24 * 1024;

class UnhandledPromiseRejection extends Error {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}

const family = {
  ImportModuleError: class extends Error {},
  UserCodeSyntaxError: class extends Error {},
  HandlerNotFound: class extends Error {},
  MalformedHandlerName: class extends Error {},
  MalformedStreamingHandler: class extends Error {},
  InvalidStreamingOperation: class extends Error {},
  CallbackHandlerDeprecated: class extends Error {},
  JSONStringifyError: class extends Error {},
  NodeJsExit: class extends Error {
    constructor() {
      super('The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was '
        + 'never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes');
    }
  },
  UnhandledPromiseRejection,
};
for (const name in family) family[name].prototype.name = `Runtime.${name}`;

// What the caller receives.
function toBody(error) {
  try {
    if (types.isNativeError(error) || looksLikeError(error)) {
      return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its '
        + 'message, name, and stack',
    };
  }
}

// Errors of another realm (a vm, a worker) are no native errors here.
function looksLikeError(value) {
  return Boolean(value) && [value.name, value.message, value.stack].every((part) => typeof part === 'string' && part);
}

// What the log shows in text format; `stack` and not `trace`, and the customer's own properties beside it.
function toLogText(error) {
  try {
    return JSON.stringify(error, (_, value) => value instanceof Error ? withFacts(value) : value);
  } catch {
    return JSON.stringify(toBody(error));
  }
}

function withFacts(error) {
  const facts = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  if (typeof error.stack === 'string') facts.stack = error.stack.split('\n');
  return facts;
}

function toXRayCause(error) {
  if (!types.isNativeError(error)) return undefined;
  const frames = [...(error.stack ?? '').matchAll(/^\s*at (?:(.*?) \()?(.*?):(\d+):\d+\)?$/gm)]
    .map(([, label, path, line]) => ({ path, line: Number(line), label: label ?? 'anonymous' }));
  const cause = JSON.stringify({
    working_directory: process.cwd(),
    exceptions: [{ type: error.name, message: error.message, stack: frames }],
    paths: [...new Set(frames.map((frame) => frame.path))],
  }).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return cause.length > xrayCauseBytesMax ? undefined : cause;
}

module.exports = { ...family, toBody, toLogText, toXRayCause };
