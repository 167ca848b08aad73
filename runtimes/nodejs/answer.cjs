'use strict';
// What the platform answers, read from bytes that arrive in any pieces.
//
// Nearly every answer comes in one piece, and each invocation has two; so that piece becomes one string, whose lines are found by loops.
// Strings and arrays made for each line would cost more than all else here.

const CR = 13;
const SPACE = 32;
const COLON = 58;
const ASCII = 127;
const toLowerCase = 32;

class AnswerReader {
  #pending = undefined;
  #parts = [];
  #missing = 0;
  #untilClose = false;
  #head;
  #step = this.#readHead;
  #complete = false;
  empty = true;

  // Gives the answer when it is complete. The bytes are only lent.
  push(bytes, count = bytes.length) {
    if (this.empty) {
      const answer = inOnePiece(bytes, count);
      if (answer) return answer;
    }
    this.empty = false;
    const piece = bytes.subarray(0, count);
    this.#pending = Buffer.concat(this.#pending ? [this.#pending, piece] : [piece]);
    while (!this.#complete && this.#step());
    return this.#answer();
  }

  // The peer has closed: the end of an answer that announced no length.
  end() {
    this.#complete ||= this.#untilClose;
    return this.#answer();
  }

  #answer() {
    if (!this.#complete) return undefined;
    return { status: this.#head.status, headers: this.#head, body: Buffer.concat(this.#parts).toString() };
  }

  #readHead() {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = new AnswerHead(this.#pending.latin1Slice(0, end), end);
    this.#pending = this.#pending.subarray(end + 4);
    if (head.status < 200) return true;    // 100 Continue comes before the real head

    this.#head = head;
    if (head.isChunked) {
      this.#step = this.#chunkSize;
    } else {
      const length = head.get('content-length');
      this.#untilClose = length === undefined && head.status !== 204;
      this.#missing = this.#untilClose ? Infinity : Number(length ?? 0);
      this.#step = this.#body;
    }
    return true;
  }

  #body() {
    this.#take();
    this.#complete = this.#missing === 0;
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
    this.#complete = line === '';
    return line !== undefined;
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
    const line = this.#pending.latin1Slice(0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }
}

// The usual case: a head, and as much body as it announces, in ASCII.
function inOnePiece(bytes, count) {
  const text = bytes.utf8Slice(0, count);
  const end = text.indexOf('\r\n\r\n');
  if (end < 0 || text.length !== count) return undefined;
  const head = new AnswerHead(text, end);
  if (head.status < 200 || head.isChunked) return undefined;
  const length = head.get('content-length');
  if (length === undefined || Number(length) !== count - end - 4) return undefined;
  return { status: head.status, headers: head, body: text.slice(end + 4) };
}

// A status line and header lines; `end` is where the last of them ends.
class AnswerHead {
  #text;    // Each letter is a byte.
  #isAscii = true;
  #lines = [];    // of each line: where its name begins, where its colon is, where it ends

  constructor(text, end) {
    this.#text = text;
    this.status = Number(text.slice(9, 12));
    let at = 0;
    while (at < end && text.charCodeAt(at) !== CR) at++;
    for (at += 2; at < end; at += 2) {
      const start = at;
      let colon = 0;
      for (let code; at < end && (code = text.charCodeAt(at)) !== CR; at++) {
        if (code === COLON && colon === 0) colon = at;
        if (code > ASCII) this.#isAscii = false;
      }
      if (colon > 0) this.#lines.push(start, colon, at);
    }
  }

  get isChunked() {
    return this.get('transfer-encoding')?.toLowerCase() === 'chunked';
  }

  // By its name in lower case; undefined when there is none.
  get(name) {
    const lines = this.#lines;
    for (let at = 0; at < lines.length; at += 3) {
      if (lines[at + 1] - lines[at] === name.length && this.#isNamed(lines[at], name)) return this.#value(lines[at + 1] + 1, lines[at + 2]);
    }
    return undefined;
  }

  #isNamed(start, name) {
    const text = this.#text;
    for (let at = 0; at < name.length; at++) {
      if ((text.charCodeAt(start + at) | toLowerCase) !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  #value(start, end) {
    const text = this.#text;
    while (start < end && text.charCodeAt(start) <= SPACE) start++;
    while (end > start && text.charCodeAt(end - 1) <= SPACE) end--;
    const value = text.slice(start, end);
    return this.#isAscii ? value : Buffer.from(value, 'latin1').toString();    // a client context may hold any text
  }
}

module.exports = { AnswerReader };
