/** The module with a room's documents, and the engine of its client. */
import init, { Client } from '../pkg/collab_wasm.js';
import { BatchMemory, type Batch } from './batch.js';
import { Engine } from './engine.js';
import type { CollabError } from './errors.js';
import type { ConnectOptions } from './types.js';
import { moduleLoader } from './wasm.js';

export type DocumentEngine = Engine<Client, Batch>;

export const loadDocuments = moduleLoader(init, new URL('../pkg/collab_wasm_bg.wasm', import.meta.url));

/**
 * Loads the WASM ahead of `connect`, which waits for it. A page that calls this first thing lets one
 * type sooner. `source` as in `ConnectOptions.wasm`.
 */
export async function preload(source?: ConnectOptions['wasm']): Promise<void> {
  await loadDocuments(source);
}

/** A client of its own in the module's memory; the rest as for `Client`. */
export async function newDocumentEngine(
  source: ConnectOptions['wasm'],
  [id, seed, token]: ConstructorParameters<typeof Client>,
  onTrap: (error: CollabError) => void,
): Promise<DocumentEngine> {
  const memory = new BatchMemory(await loadDocuments(source));
  return new Engine(new Client(id, seed, token), onTrap, (head) => memory.read(head as number));
}
