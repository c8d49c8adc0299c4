/** Rooms that meet at a real relay, and waiting for what they agree on. */
import { connect, type ConnectOptions, type Room, type Status } from '../src-ts/index.js';

/** Joins without offline storage; closed by `leaveAll`. */
export async function join(url: string, room: string, options: ConnectOptions = {}): Promise<Room> {
  const joined = await connect(url, room, { persist: false, ...options });
  open.push(joined);
  return joined;
}

const open: Room[] = [];

export async function leaveAll(): Promise<void> {
  await Promise.all(open.splice(0).map((room) => room.close()));
}

/** Resolves once `holds`, looked at after everything that a room tells. */
export async function until(room: Room, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      stops.forEach((stop) => stop());
      resolve();
    };
    const stops = [
      room.on('status', look),
      room.on('files', look),
      room.on('presence', look),
      room.on('settings', look),
      ...room.files.list().map((file) => room.files.open(file.id).onDelta(look)),
    ];
  });
}

export function untilStatus(room: Room, holds: (status: Status) => boolean): Promise<void> {
  return until(room, () => holds(room.status));
}

/** A room's name that no other test uses. */
export function freshName(): string {
  return `test-${crypto.randomUUID()}`;
}

/** Appends to a file. */
export function append(room: Room, text: string, file = 'main'): void {
  const target = room.files.open(file);
  target.edit([{ at: target.length, delete: 0, insert: text }]);
}
