'use strict';
// What a process draws at random depends on what lies in its memory, and all clones of a snapshot have the same memory. Renewed are:
//
//   OpenSSL's generators, of all threads   randomBytes, getRandomValues, keys, TLS: see openssl-seed.cjs
//   what node has drawn ahead of need      128 UUIDs and 1024 integers
//   Math.random                            whose state V8 keeps to itself, so that here it draws from OpenSSL

const crypto = require('node:crypto');
const { seedOpenSSL } = require('./openssl-seed.cjs');

// The function may put others in their places.
const { randomFillSync, randomInt, randomUUID } = crypto;

const drawnAhead = { uuids: 128, integers: 1024 };

const pool = new Uint32Array(1024);
let next = pool.length;

// Comes before the function is loaded: it may keep Math.random.
function arrange() {
  const { random } = {
    random() {
      if (next === pool.length) refill();
      return ((pool[next++] >>> 5) * 2 ** 26 + (pool[next++] >>> 6)) / 2 ** 53;
    },
  };
  Object.defineProperty(Math, 'random', { value: random, writable: true, enumerable: false, configurable: true });
}

function refill() {
  randomFillSync(pool);
  next = 0;
}

function renew() {
  seedOpenSSL();
  for (let count = 0; count < drawnAhead.uuids; count++) randomUUID();
  for (let count = 0; count < drawnAhead.integers; count++) randomInt(2);
  next = pool.length;
}

module.exports = { arrange, renew };
