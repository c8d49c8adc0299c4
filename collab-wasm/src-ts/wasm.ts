/**
 * Loads the WASM module, once per page. In a browser the file beside the glue is fetched (Vite and
 * webpack see the `new URL(..., import.meta.url)` and ship it); in Node it is read from disk.
 */
import init, { Client } from '../pkg/collab_wasm.js';
import { CollabError } from './errors.js';
import type { ConnectOptions } from './types.js';

let loading: Promise<void> | undefined;

/**
 * Loads the WASM ahead of `connect`, which waits for it. A page that calls this first thing lets one
 * type sooner. `source` as in `ConnectOptions.wasm`.
 */
export async function preload(source?: ConnectOptions['wasm']): Promise<void> {
  await loadWasm(source);
}

/** Resolves once `Client` may be constructed. Only the first call's `source` counts. */
export async function loadWasm(source?: ConnectOptions['wasm']): Promise<typeof Client> {
  loading ??= initialize(source);
  try {
    await loading;
  } catch (cause) {
    // A failed download may succeed the next time.
    loading = undefined;
    throw new CollabError('wasm_failed', 'could not load the WASM module', { cause });
  }
  return Client;
}

async function initialize(source: ConnectOptions['wasm']): Promise<void> {
  const file = source ?? new URL('../pkg/collab_wasm_bg.wasm', import.meta.url);
  const local = file instanceof URL && file.protocol === 'file:' && isNode();
  await init({ module_or_path: local ? await readFromDisk(file) : file });
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
