import type { Room, Status } from 'collab-wasm';
import { useRoomValue } from '../session/useRoomValue';

const readStatus = (room: Room): Status | null => room.status;

/** The room's status; `null` while the room is being loaded. */
export function useStatus(room: Room | null): Status | null {
  return useRoomValue(room, 'status', readStatus, null);
}
