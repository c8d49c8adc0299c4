/** Rooms that meet at a real relay, and waiting for what they agree on. */
import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import { connect } from '../src-ts/index.js';
import type { ConnectOptions, Room, Status, WebSocketConstructor } from '../src-ts/index.js';

/** Joins without offline storage; closed by `leaveAll`. */
export async function join(
  room: string,
  options: ConnectOptions = {},
  url = inject('sync'),
): Promise<Room> {
  const joined = await connect(url, room, { persist: false, ...(await loading()), ...options });
  open.push(joined);
  return joined;
}

const open: Room[] = [];

/** With a simulated page, modules have no file URLs, so the WASM does not find itself. */
async function loading(): Promise<ConnectOptions> {
  if (globalThis.document === undefined) return {};
  const wasm = new Uint8Array(await readFile(inject('wasm')));
  return { wasm, WebSocket: NodeWebSocket as unknown as WebSocketConstructor };
}

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

/** Resolves once both rooms have all of each other's edits of the file `main`. */
export async function meet(one: Room, other: Room): Promise<void> {
  for (const room of [one, other]) await untilStatus(room, ({ phase }) => phase === 'saved');
  const same = (): boolean => one.files.open('main').text === other.files.open('main').text;
  await Promise.race([until(one, same), until(other, same)]);
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
