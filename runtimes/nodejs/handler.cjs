'use strict';
// Finds the function that `_HANDLER` names: `file.function`, `folder/file.function`, `file.object.function`.

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const errors = require('./errors.cjs');

const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming');
const highWaterMarkKey = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

async function loadHandler(root, name) {
  if (name.includes('..')) {
    throw new errors.MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(name);
  const dot = base.indexOf('.');
  if (dot < 0) throw new errors.MalformedHandlerName('Bad handler');

  const folder = name.slice(0, name.indexOf(base));
  const module = await load(root, folder, base.slice(0, dot));
  const handler = find(module, base.slice(dot + 1)) ?? find(module?.default, base.slice(dot + 1));
  if (!handler) throw new errors.HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new errors.HandlerNotFound(`${name} is not a function`);
  return handler;
}

function find(module, name) {
  return name.split('.').reduce((value, key) => value && value[key], module);
}

async function load(root, folder, name) {
  offerStreaming();
  try {
    return await loadFirst(path.resolve(root, folder, name))
      ?? require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new errors.UserCodeSyntaxError(error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new errors.ImportModuleError(error);
    throw error;
  }
}

// Lambda's order: the bare name, .js by the kind of its package, .mjs, .cjs; and TypeScript where node strips its types.
async function loadFirst(file) {
  const asModule = isModulePackage(path.dirname(file));
  const js = asModule ? importFile : require;
  const candidates = [['', require], ['.js', js], ['.mjs', importFile], ['.cjs', require]];
  if (process.features.typescript) candidates.push(['.ts', js], ['.mts', importFile], ['.cts', require]);
  for (const [extension, loader] of candidates) {
    if (isFile(file + extension)) return await loader(file + extension);
  }
  return undefined;
}

async function importFile(file) {
  const url = pathToFileURL(file).href;
  try {
    return await import(url);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !process.env.NODE_PATH) throw error;
    return await importThroughNodePath(url, error);
  }
}

async function importThroughNodePath(url, firstError) {
  const hooks = pathToFileURL(path.join(__dirname, 'node-path.mjs')).href;
  require('node:module').register(hooks);
  const { mark } = await import(hooks);
  try {
    return await import(url + mark);
  } catch (error) {
    throw error?.code === 'ERR_MODULE_NOT_FOUND' ? firstError : error;
  }
}

// Whether the nearest package.json makes its .js files ES modules. Packages end at node_modules.
function isModulePackage(folder) {
  for (;; folder = path.dirname(folder)) {
    if (path.basename(folder) === 'node_modules') return false;
    const file = path.join(folder, 'package.json');
    if (isFile(file)) {
      try {
        return JSON.parse(fs.readFileSync(file, 'utf8'))?.type === 'module';
      } catch (error) {
        console.warn(`${file} cannot be read, so it does not decide about ES modules.`, error);
        return false;
      }
    }
    if (folder === path.dirname(folder)) return false;
  }
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

// The global `awslambda`, through which a handler says that it streams its response.
function offerStreaming() {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = {
    streamifyResponse(handler, options) {
      handler[streamingKey] = 'response';
      if (typeof options?.highWaterMark === 'number') handler[highWaterMarkKey] = Math.trunc(options.highWaterMark);
      return handler;
    },
    get HttpResponseStream() {
      return require('./response-stream.cjs').HttpResponseStream;
    },
  };
}

function isStreaming(handler) {
  const mode = handler[streamingKey];
  if (mode === undefined || mode === null || mode === false) return false;
  if (mode === 'response') return true;
  throw new errors.MalformedStreamingHandler('Only response streaming is supported.');
}

module.exports = { loadHandler, isStreaming, highWaterMarkKey };
