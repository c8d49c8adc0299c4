/** A session's status as `src/batch.rs` writes it into a batch. */
import { StatusFlag } from '../pkg/collab_wasm.js';
import type { BatchReader } from './batch.js';
import { PHASES, toError } from './status.js';
import type { Status } from './types.js';

/** Before the client has said anything. */
export const UNKNOWN: Status = {
  phase: 'offline',
  unsaved: 0,
  retryAt: null,
  error: null,
  canWrite: true,
  keeps: true,
  storeOk: true,
};

export function readStatus(reader: BatchReader): Status {
  const [phase, flags] = [reader.number(), reader.number()];
  const { unsaved, retryAt } = reader.batch;
  return {
    phase: PHASES[phase] ?? 'offline',
    unsaved,
    retryAt: Number.isNaN(retryAt) ? null : retryAt,
    error: toError(reader.text()),
    canWrite: (flags & StatusFlag.CanWrite) !== 0,
    keeps: (flags & StatusFlag.Keeps) !== 0,
    storeOk: (flags & StatusFlag.StoreOk) !== 0,
  };
}
