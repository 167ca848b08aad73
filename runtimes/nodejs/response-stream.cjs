'use strict';
// A response that leaves while it is made: a chunked POST on a connection of its own. An error after the first byte can no
// longer be posted, so it travels in the trailers; spec: section 9.

const net = require('node:net');
const { Writable } = require('node:stream');
const { AnswerReader } = require('./answer.cjs');
const { addressOf, commonLines, line } = require('./connection.cjs');
const { InvalidStreamingOperation, toBody } = require('./errors.cjs');

const errorType = 'Lambda-Runtime-Function-Error-Type';
const errorBody = 'Lambda-Runtime-Function-Error-Body';

class ResponseStream extends Writable {
  #target;
  #contentType = 'application/octet-stream';
  #socket;
  #trailers = '';
  #answered = Promise.withResolvers?.() ?? deferred();

  // Set by HttpResponseStream.from: what goes ahead of the first byte.
  _onBeforeFirstWrite;

  constructor(target, highWaterMark) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    this.#target = target;
    // Whoever awaits the answer hears of a failure; when nobody does, it must not count as an unhandled rejection.
    this.#answered.promise.catch(() => {});
  }

  get started() {
    return this.#socket !== undefined;
  }

  // The platform's answer, which follows the last chunk.
  get answered() {
    return this.#answered.promise;
  }

  setContentType(contentType) {
    if (this.started) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  // Handlers may write any value; what is neither text nor bytes goes as JSON.
  write(chunk, encoding, callback) {
    return super.write(isRaw(chunk) ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  end(chunk, encoding, callback) {
    const value = chunk === undefined || chunk === null || typeof chunk === 'function' || isRaw(chunk);
    return super.end(value ? chunk : JSON.stringify(chunk), encoding, callback);
  }

  // Ends a stream that has begun, telling the caller why.
  fail(error) {
    const body = toBody(error);
    const encoded = Buffer.from(JSON.stringify(body)).toString('base64');
    this.#trailers = `${errorType}: ${body.errorType.replace(/[^\x20-\x7e]/g, '?')}\r\n${errorBody}: ${encoded}\r\n`;
    if (!this.writableEnded) super.end();
  }

  _write(chunk, encoding, callback) {
    this.#start();
    this.#send(chunk, callback);
  }

  _final(callback) {
    this.#start();
    this.#socket.ref();
    this.#socket.write(`0\r\n${this.#trailers}\r\n`, 'latin1', callback);
  }

  // What the handler destroys is cut off, and the platform calls it truncated.
  _destroy(error, callback) {
    if (!this.writableFinished) this.#socket?.destroy();
    callback(error);
  }

  #send(chunk, callback) {
    if (chunk.length === 0) return callback?.();    // an empty chunk would end the body
    this.#socket.cork();
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    this.#socket.write(chunk);
    this.#socket.write('\r\n', 'latin1', callback);
    this.#socket.uncork();
  }

  // The first byte opens the connection, so a handler that fails before it can still post an error.
  #start() {
    if (this.started) return;
    const { authority, path, lines } = this.#target;
    const socket = this.#socket = net.connect(addressOf(authority));
    // Only the answer is worth waiting for: a stream that nobody will ever end must show as an empty event loop.
    socket.unref();
    const reader = new AnswerReader();
    const { resolve, reject } = this.#answered;

    socket.on('data', (bytes) => {
      const answer = reader.push(bytes);
      if (!answer) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the platform closed the stream'));
      if (!this.writableFinished) this.destroy();
    });
    socket.write(`POST ${path}${commonLines(authority)}${line('Content-Type', this.#contentType)}`
      + `Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\nTrailer: ${errorType}, ${errorBody}\r\n`
      + `${lines}\r\n`, 'latin1');
    this._onBeforeFirstWrite?.((chunk) => this.#send(Buffer.from(chunk)));
  }
}

// The response of a function URL: status, headers and cookies ahead of the body.
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    stream._onBeforeFirstWrite = (write) => {
      write(JSON.stringify(prelude));
      write(new Uint8Array(8));
    };
    return stream;
  }
}

function isRaw(chunk) {
  return typeof chunk === 'string' || chunk instanceof Uint8Array;
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

module.exports = { ResponseStream, HttpResponseStream };
