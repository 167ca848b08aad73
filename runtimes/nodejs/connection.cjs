'use strict';
// One HTTP/1.1 connection, kept alive, one request at a time. Node's own `http` costs 2 ms more in every cold start, and its streams most of
// what an invocation takes: this reads into one buffer and writes one string.

const net = require('node:net');
const { AnswerReader } = require('./answer.cjs');

const bufferBytes = 65536;

// Up to here a body goes out in one string with its head; beyond, the copy would cost more than it saves.
const smallBody = 4096;

class Connection {
  #address;
  #common;
  #socket;
  #holdsLoop = false;
  #buffer;
  #waiting;

  constructor(authority) {
    this.#address = addressOf(authority);
    this.#common = commonLines(authority);
  }

  // `lines` are headers as `line` makes them. `asksAgain` says that another request follows upon the answer, with nothing to wait for between.
  request(method, path, lines = '', body = undefined, asksAgain = false) {
    return new Promise((resolve, reject) => {
      const head = `${method} ${path}${this.#common}${lines}`;
      this.#send({ resolve, reject, head, body, asksAgain, reused: this.#socket !== undefined, reader: new AnswerReader() });
    });
  }

  #send(request) {
    this.#waiting = request;
    const socket = this.#socket ??= this.#connect();
    this.#holdLoop(socket, true);
    const { head, body } = request;
    if (body === undefined) {
      socket.write(`${head}\r\n`, 'latin1');
    } else if (body.length <= smallBody) {
      const length = Buffer.byteLength(body);
      socket.write(`${head}Content-Length: ${length}\r\n\r\n${body}`, length === body.length ? 'latin1' : 'utf8');
    } else {
      const bytes = Buffer.from(body);
      socket.cork();
      socket.write(`${head}Content-Length: ${bytes.length}\r\n\r\n`, 'latin1');
      socket.write(bytes);
      socket.uncork();
    }
  }

  #connect() {
    const buffer = this.#buffer ??= Buffer.allocUnsafeSlow(bufferBytes);
    const onread = { buffer, callback: (count) => { this.#received(socket, count); return true; } };
    const socket = net.connect({ ...this.#address, onread });
    this.#holdsLoop = true;
    let fault = new Error('the platform closed the connection');
    socket.on('error', (error) => { fault = error; });
    socket.on('close', () => this.#closed(socket, fault));
    return socket;
  }

  #received(socket, count) {
    const request = this.#waiting;
    const answer = request?.reader.push(this.#buffer, count);
    if (!answer) return;
    this.#waiting = undefined;
    if (answer.headers.get('connection')?.toLowerCase() === 'close') {
      this.#socket = undefined;
      socket.end();
    }
    if (!request.asksAgain) this.#holdLoop(socket, false);
    request.resolve(answer);
  }

  #closed(socket, fault) {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const request = this.#waiting;
    if (!request) return;
    this.#waiting = undefined;
    const answer = request.reader.end();
    if (answer) request.resolve(answer);
    // The peer may close an idle connection just when it is used again; nothing was answered, so asking again is safe.
    else if (request.reused && request.reader.empty) this.#send({ ...request, reused: false });
    else request.reject(fault);
  }

  // Only an awaited answer may hold the event loop; see event-loop.cjs.
  #holdLoop(socket, holds) {
    if (this.#holdsLoop === holds) return;
    this.#holdsLoop = holds;
    if (holds) socket.ref();
    else socket.unref();
  }
}

function addressOf(authority) {
  const colon = authority.lastIndexOf(':');
  return { host: authority.slice(0, colon), port: Number(authority.slice(colon + 1)), noDelay: true };
}

// What follows the path in every request.
function commonLines(authority) {
  return ` HTTP/1.1\r\n${line('Host', authority)}${line('User-Agent', `thaw-nodejs/${process.version}`)}`;
}

// One header. The name of an error is the customer's text; no line break of it may become a header of ours.
function line(name, value) {
  return `${name}: ${String(value).replace(/[^\x20-\x7e]/g, '?')}\r\n`;
}

module.exports = { Connection, addressOf, commonLines, line };
