/** A session's status as `src/status.rs` writes it for a chat, and what all statuses share. */
import { CollabError, isErrorCode } from './errors.js';
import type { Phase, Status } from './types.js';

/** In the order of `PhaseKind`. */
export const PHASES: readonly Phase[] = ['refused', 'offline', 'connecting', 'syncing', 'synced', 'saved'];

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
  return {
    phase: PHASES[phase] ?? 'offline',
    unsaved,
    retryAt: retryAt ?? null,
    error: toError(code ?? ''),
    canWrite,
    keeps,
    storeOk,
  };
}

/** What a code stands for; the empty one for nothing. */
export function toError(code: string): CollabError | null {
  if (code === '') return null;
  return new CollabError(isErrorCode(code) ? code : 'internal');
}
