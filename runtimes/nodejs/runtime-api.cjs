'use strict';
// The Runtime API as calls; spec: section 2.

const { Connection, line } = require('./connection.cjs');
const { toBody, toXRayCause } = require('./errors.cjs');

const base = '/2018-06-01/runtime';
const plain = /^[-\w]+$/;
const errorTypeHeader = 'Lambda-Runtime-Function-Error-Type';
const jsonLine = line('Content-Type', 'application/json');

// The platform refused this answer, not this process: the invocation is too late or its answer too large. Work goes on.
const refusals = new Set([400, 403, 410, 413]);

class RuntimeApi {
  #authority;
  #connection;

  constructor(authority) {
    this.#authority = authority;
    this.#connection = new Connection(authority);
  }

  async next() {
    const { status, headers, body } = await this.#connection.request('GET', `${base}/invocation/next`);
    if (status !== 200) throw new Error(`next was answered with ${status}: ${body}`);
    const id = headers.get('lambda-runtime-aws-request-id');
    if (!id) throw new Error('next brought no request id');
    return {
      id,
      attempt: headers.get('lambda-runtime-invocation-id'),
      deadline: headers.get('lambda-runtime-deadline-ms'),
      functionArn: headers.get('lambda-runtime-invoked-function-arn'),
      traceId: headers.get('lambda-runtime-trace-id'),
      clientContext: headers.get('lambda-runtime-client-context'),
      identity: headers.get('lambda-runtime-cognito-identity'),
      tenantId: headers.get('lambda-runtime-aws-tenant-id'),
      event: body,
    };
  }

  async restoreNext() {
    const { status, body } = await this.#connection.request('GET', `${base}/restore/next`);
    if (status !== 200) throw new Error(`restore/next was answered with ${status}: ${body}`);
  }

  async respond(invocation, json) {
    check(await this.#connection.request('POST', `${pathOf(invocation)}/response`, jsonLine + echo(invocation), json, true));
  }

  async fail(invocation, error) {
    await this.#postError(this.#connection, `${pathOf(invocation)}/error`, error, echo(invocation));
  }

  async failInit(error, type) {
    await this.#postError(this.#connection, `${base}/init/error`, error, '', type);
  }

  async failRestore(error, type) {
    await this.#postError(this.#connection, `${base}/restore/error`, error, '', type);
  }

  // What ended the process: in init when there is no invocation yet. The usual connection may be parked in `next` or in the
  // middle of an answer when an exception strikes, so this goes over another.
  async lastWords(error, invocation) {
    const connection = new Connection(this.#authority);
    if (invocation) await this.#postError(connection, `${pathOf(invocation)}/error`, error, echo(invocation));
    else await this.#postError(connection, `${base}/init/error`, error, '');
  }

  // A streamed response needs a connection of its own: when it breaks off, the next call must not wait behind it.
  streamTo(invocation) {
    return { authority: this.#authority, path: `${pathOf(invocation)}/response`, lines: echo(invocation) };
  }

  async #postError(connection, path, error, lines, type = undefined) {
    const body = toBody(error);
    const typeLine = line(errorTypeHeader, type ?? body.errorType);
    const cause = toXRayCause(error);
    const causeLine = cause === undefined ? '' : line('Lambda-Runtime-Function-XRay-Error-Cause', cause);
    check(await connection.request('POST', path, jsonLine + typeLine + causeLine + lines, JSON.stringify(body)));
  }
}

// Customers choose request ids, so one may hold anything.
function pathOf({ id }) {
  return `${base}/invocation/${plain.test(id) ? id : encodeURIComponent(id)}`;
}

// The echo lets the platform tell this attempt from an earlier one with the same request id; spec: ENV-073.
function echo(invocation) {
  return invocation.attempt ? `Lambda-Runtime-Invocation-Id: ${invocation.attempt}\r\n` : '';
}

function check({ status, body }) {
  if (status < 300) return;
  const text = `The Runtime API refused an answer with ${status}: ${body.trim()}`;
  if (!refusals.has(status)) throw new Error(text);
  console.error(text);
}

module.exports = { RuntimeApi, check };
