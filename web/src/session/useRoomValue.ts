import type { Room, RoomEvents } from 'collab-wasm';
import { useEffect, useState } from 'react';

/** What `read` gives, read again at each such event; `fallback` while there is no room. */
export function useRoomValue<T>(
  room: Room | null,
  event: keyof RoomEvents,
  read: (room: Room) => T,
  fallback: T,
): T {
  const [value, setValue] = useState<T>(() => (room === null ? fallback : read(room)));
  useEffect(() => {
    if (room === null) {
      setValue(() => fallback);
      return;
    }
    const renew = (): void => setValue(() => read(room));
    renew();
    return room.on(event, renew);
  }, [room, event, read, fallback]);
  return value;
}
