// Lets ES modules find what NODE_PATH holds: layers and the SDK. Node itself looks there for `require` only, Lambda for both.
//
// Loader hooks live in a thread of their own, which takes longer to start than most functions. So they are registered only after
// an import has failed. Node remembers failures by URL, hence the mark that makes the second try new.

import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const mark = '?NODE_PATH';

const places = (process.env.NODE_PATH ?? '').split(path.delimiter)
  .filter((folder) => path.basename(folder) === 'node_modules')
  .map((folder) => pathToFileURL(path.join(folder, '..', 'module.mjs')).href);

export async function resolve(specifier, context, next) {
  try {
    return marked(await next(specifier, context), context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^\w+:/.test(specifier)) throw error;
    for (const parentURL of places) {
      try {
        return await next(specifier, { ...context, parentURL });
      } catch {
        // The next place may have it.
      }
    }
    throw error;
  }
}

// The function's own modules have failed with the one that imports them.
function marked(found, { parentURL }) {
  const own = found.format === 'module' && parentURL?.endsWith(mark) && !found.url.includes('/node_modules/');
  return own ? { ...found, url: found.url + mark } : found;
}
