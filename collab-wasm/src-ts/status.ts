/** A session's status as `src/status.rs` writes it. */
import { CollabError, isErrorCode } from './errors.js';
import type { Phase, Status } from './types.js';

/** In the order of `PhaseKind`. */
const PHASES: readonly Phase[] = ['refused', 'offline', 'connecting', 'syncing', 'synced', 'saved'];

type RawStatus = [
  phase: number,
  unsaved: number,
  retryAt: number | undefined,
  error: string | undefined,
  canWrite: boolean,
  keeps: boolean,
  storeOk: boolean,
];

export function toStatus(raw: unknown[]): Status {
  const [phase, unsaved, retryAt, code, canWrite, keeps, storeOk] = raw as RawStatus;
  const known = code !== undefined && isErrorCode(code) ? code : 'internal';
  return {
    phase: PHASES[phase] ?? 'offline',
    unsaved,
    retryAt: retryAt ?? null,
    error: code === undefined ? null : new CollabError(known),
    canWrite,
    keeps,
    storeOk,
  };
}
