'use strict';
// Makes the OpenSSL within node draw a new seed from the kernel, for the generators of all threads: that is what its RAND_poll does,
// and nothing in JavaScript calls it. A native addon can, and this is the smallest one: a shared library without any code, whose
// only initialiser is RAND_poll itself. The dynamic linker finds it in node and calls it.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const machines = {
  x64: { number: 62, absoluteAddress: 1 },        // EM_X86_64, R_X86_64_64
  arm64: { number: 183, absoluteAddress: 257 },   // EM_AARCH64, R_AARCH64_ABS64
};

// The function may put another in its place.
const { dlopen } = process;

function seedOpenSSL() {
  try {
    load(library(machines[process.arch]));
  } catch (error) {
    // Node wants an addon to introduce itself. It says so after the initialisers have run, and closes the library.
    if (error.message.startsWith('Module did not self-register')) return;
    throw new Error('The OpenSSL of this node cannot be given a new seed, so clones of this process would draw the same numbers and '
      + `keys: ${error.message}`, { cause: error });
  }
}

function load(bytes) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'node-'));
  try {
    const file = path.join(folder, 'seed.node');
    fs.writeFileSync(file, bytes);
    dlopen.call(process, { exports: {} }, file);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

// An ELF file of 64 bits with three program headers; all of it is one readable and writable segment.
function library(machine) {
  if (!machine) throw new Error(`there is no library for ${process.arch}`);
  const names = Buffer.from('\0RAND_poll\0');
  const at = { segments: 64, names: 232, symbols: 248, hash: 296, relocation: 320, initialisers: 344, dynamic: 352 };
  const dynamic = [
    [4, at.hash], [5, at.names], [10, names.length], [6, at.symbols], [11, 24],   // DT_HASH, _STRTAB, _STRSZ, _SYMTAB, _SYMENT
    [7, at.relocation], [8, 24], [9, 24],                                         // DT_RELA, _RELASZ, _RELAENT
    [25, at.initialisers], [27, 8],                                               // DT_INIT_ARRAY, _INIT_ARRAYSZ
    [0, 0],
  ];
  const size = at.dynamic + dynamic.length * 16;
  const file = Buffer.alloc(size);

  write(file, 0, [8, 0x00010102464c457fn], [8, 0], [2, 3], [2, machine.number], [4, 1], [8, 0], [8, at.segments], [8, 0], [4, 0],
    [2, 64], [2, 56], [2, 3]);
  // PT_LOAD, PT_DYNAMIC, and PT_GNU_STACK: without it the stack would be made executable.
  const segments = [[1, 0, size, 0x10000], [2, at.dynamic, dynamic.length * 16, 8], [0x6474e551, 0, 0, 16]];
  segments.forEach(([type, start, length, alignment], index) => write(file, at.segments + index * 56,
    [4, type], [4, 6], [8, start], [8, start], [8, start], [8, length], [8, length], [8, alignment]));
  names.copy(file, at.names);
  write(file, at.symbols + 24, [4, 1], [1, 0x12]);                              // a global function that is defined elsewhere
  write(file, at.hash, [4, 1], [4, 2], [4, 1]);                                 // one bucket for two symbols
  write(file, at.relocation, [8, at.initialisers], [8, 2n ** 32n + BigInt(machine.absoluteAddress)]);
  write(file, at.dynamic, ...dynamic.flat().map((word) => [8, word]));
  return file;
}

function write(file, start, ...fields) {
  let at = start;
  for (const [bytes, value] of fields) {
    if (bytes === 8) file.writeBigUInt64LE(BigInt(value), at);
    else file.writeUIntLE(value, at, bytes);
    at += bytes;
  }
}

module.exports = { seedOpenSSL };
