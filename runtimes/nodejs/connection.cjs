'use strict';
// One HTTP/1.1 connection, kept alive, one request at a time. Node's own `http` costs 2 ms more in every cold start.

const net = require('node:net');

class Connection {
  #address;
  #socket;
  #waiting;

  constructor(authority) {
    const colon = authority.lastIndexOf(':');
    this.#address = { host: authority.slice(0, colon), port: Number(authority.slice(colon + 1)), noDelay: true };
  }

  async request(method, path, headers = {}, body = undefined) {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const head = headOf(method, path, this.#address, bytes ? { ...headers, 'Content-Length': bytes.length } : headers);
    const reused = this.#socket !== undefined;
    try {
      return await this.#exchange(head, bytes);
    } catch (error) {
      // The peer may close an idle connection just when it is used again; nothing was answered, so asking again is safe.
      if (!reused || !error.unanswered) throw error;
      return await this.#exchange(head, bytes);
    }
  }

  #exchange(head, bytes) {
    return new Promise((resolve, reject) => {
      const socket = this.#socket ??= this.#connect();
      this.#waiting = { resolve, reject, reader: new AnswerReader() };
      socket.ref();
      socket.cork();
      socket.write(head, 'latin1');
      if (bytes) socket.write(bytes);
      socket.uncork();
    });
  }

  #connect() {
    const socket = net.connect(this.#address);
    let fault = new Error('the platform closed the connection');
    socket.on('error', (error) => { fault = error; });
    socket.on('data', (bytes) => {
      const answer = this.#waiting?.reader.push(bytes);
      if (answer) this.#finish(socket, answer);
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      const answer = waiting?.reader.end();
      if (answer) waiting.resolve(answer);
      else waiting?.reject(Object.assign(fault, { unanswered: waiting.reader.empty }));
    });
    return socket;
  }

  #finish(socket, answer) {
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    if (answer.headers.get('connection')?.toLowerCase() === 'close') {
      this.#socket = undefined;
      socket.end();
    }
    // Only an awaited answer may hold the event loop; see event-loop.cjs.
    socket.unref();
    resolve(answer);
  }
}

function headOf(method, path, { host, port }, headers) {
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: thaw-nodejs/${process.version}\r\n`;
  for (const name in headers) head += `${name}: ${printable(headers[name])}\r\n`;
  return head + '\r\n';
}

// The name of an error is the customer's text; no line break of it may become a header of ours.
function printable(value) {
  return String(value).replace(/[^\x20-\x7e]/g, '?');
}

// Reads one answer from bytes that arrive in any pieces.
class AnswerReader {
  #pending = Buffer.alloc(0);
  #parts = [];
  #missing = 0;
  #untilClose = false;
  #answer = {};
  #step = this.#head;
  empty = true;

  // Gives the answer when it is complete.
  push(bytes) {
    this.empty = false;
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step?.());
    return this.#step ? undefined : this.#answer;
  }

  // The peer has closed: the end of an answer that announced no length.
  end() {
    if (this.#untilClose) this.#complete();
    return this.#step ? undefined : this.#answer;
  }

  #head() {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [statusLine, ...lines] = this.#pending.toString('utf8', 0, end).split('\r\n');
    this.#pending = this.#pending.subarray(end + 4);
    const status = Number(statusLine.split(' ', 2)[1]);
    if (status < 200) return true;    // 100 Continue comes before the real head

    const headers = new Map();
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    this.#answer = { status, headers };
    if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') {
      this.#step = this.#chunkSize;
    } else {
      const length = headers.get('content-length');
      this.#untilClose = length === undefined && status !== 204;
      this.#missing = this.#untilClose ? Infinity : Number(length ?? 0);
      this.#step = this.#body;
    }
    return true;
  }

  #body() {
    this.#take();
    if (this.#missing === 0) this.#complete();
    return false;
  }

  #chunkSize() {
    const line = this.#line();
    if (line === undefined) return false;
    this.#missing = parseInt(line, 16);
    this.#step = this.#missing === 0 ? this.#trailer : this.#chunk;
    return true;
  }

  #chunk() {
    this.#take();
    if (this.#missing > 0) return false;
    this.#step = this.#chunkEnd;
    return true;
  }

  #chunkEnd() {
    if (this.#line() === undefined) return false;
    this.#step = this.#chunkSize;
    return true;
  }

  #trailer() {
    const line = this.#line();
    if (line === '') this.#complete();
    return line !== undefined && line !== '';
  }

  #take() {
    const part = this.#pending.subarray(0, this.#missing);
    this.#pending = this.#pending.subarray(part.length);
    this.#missing -= part.length;
    this.#parts.push(part);
  }

  #line() {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = this.#pending.toString('latin1', 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #complete() {
    this.#answer.body = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#step = undefined;
  }
}

module.exports = { Connection, AnswerReader, headOf };
