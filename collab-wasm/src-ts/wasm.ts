/**
 * Loads a WASM module, once per page. In a browser the file beside the glue is fetched (Vite and
 * webpack see the `new URL(..., import.meta.url)` and ship it); in Node it is read from disk.
 */
import { CollabError } from './errors.js';
import type { ConnectOptions } from './types.js';

type Source = ConnectOptions['wasm'];
type Init = (input: { module_or_path: BufferSource | URL | Response }) => Promise<Exports>;
type Exports = { readonly memory: WebAssembly.Memory };

/**
 * Loads one module at its first call, and gives its memory; only that call's `source` counts, unless
 * loading failed.
 */
export function moduleLoader(
  init: Init,
  beside: URL,
): (source?: Source) => Promise<WebAssembly.Memory> {
  let loading: Promise<Exports> | undefined;
  return async (source) => {
    loading ??= initialize(init, source ?? beside);
    try {
      return (await loading).memory;
    } catch (cause) {
      // A failed download may succeed the next time.
      loading = undefined;
      throw new CollabError('wasm_failed', 'could not load the WASM module', { cause });
    }
  };
}

async function initialize(init: Init, file: NonNullable<Source>): Promise<Exports> {
  const local = file instanceof URL && file.protocol === 'file:' && isNode();
  return init({ module_or_path: local ? await readFromDisk(file) : file });
}

function isNode(): boolean {
  return typeof process === 'object' && typeof process.versions?.node === 'string';
}

async function readFromDisk(file: URL): Promise<BufferSource> {
  // In a variable, so that bundlers for browsers leave it alone.
  const name = 'node:fs/promises';
  const fs = (await import(/* @vite-ignore */ name)) as typeof import('node:fs/promises');
  return new Uint8Array(await fs.readFile(file));
}
