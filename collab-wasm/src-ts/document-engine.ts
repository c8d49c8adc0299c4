/** The module with a room's documents, and the engine of its client. */
import init, { type Client } from '../pkg/collab_wasm.js';
import type { Engine } from './engine.js';
import type { ConnectOptions } from './types.js';
import { moduleLoader } from './wasm.js';

export type DocumentEngine = Engine<Client>;

export const loadDocuments = moduleLoader(init, new URL('../pkg/collab_wasm_bg.wasm', import.meta.url));

/**
 * Loads the WASM ahead of `connect`, which waits for it. A page that calls this first thing lets one
 * type sooner. `source` as in `ConnectOptions.wasm`.
 */
export function preload(source?: ConnectOptions['wasm']): Promise<void> {
  return loadDocuments(source);
}
