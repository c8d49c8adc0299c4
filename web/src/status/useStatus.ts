import type { Room, Status } from 'collab-wasm';
import { useValue } from '../session/useValue';

const readStatus = (room: Room): Status | null => room.status;

/** The room's status; `null` while the room is being loaded. */
export function useStatus(room: Room | null): Status | null {
  return useValue(room, 'status', readStatus, null);
}
