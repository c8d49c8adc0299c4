/** Starts one relay for all test files, in a process of its own. */
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startServer } from '../../tests/interop/harness/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://127.0.0.1:PORT`. */
    http: string;
    /** `ws://127.0.0.1:PORT/sync`. */
    sync: string;
    /** Path of the WASM module, for environments in which modules have no file URLs. */
    wasm: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  project.provide('http', server.http);
  project.provide('sync', server.sync);
  project.provide('wasm', fileURLToPath(new URL('../pkg/collab_wasm_bg.wasm', import.meta.url)));
  return () => server.stop();
}
