import { connect, type ErrorCode, type Room } from 'collab-wasm';
import { useEffect, useState } from 'react';
import { freeColor } from '../people/palette';
import { guestToken } from './guestToken';
import { roomName } from './location';

export type RoomState =
  | { kind: 'loading' }
  | { kind: 'ready'; room: Room }
  | { kind: 'failed'; code: ErrorCode | undefined };

const LOADING: RoomState = { kind: 'loading' };

/**
 * Joins the session's room as soon as there is a name, and leaves it at the end. `ready`
 * comes before any connection: offline editing works.
 */
export function useRoom(sessionId: string, userName: string): RoomState {
  const [state, setState] = useState<RoomState>(LOADING);
  const named = userName !== '';
  useEffect(() => {
    if (!named) return;
    let left = false;
    const joining = join(sessionId, userName);
    joining.then(
      (room) => left || setState({ kind: 'ready', room }),
      (error: unknown) => left || setState({ kind: 'failed', code: errorCode(error) }),
    );
    return () => {
      left = true;
      setState(LOADING);
      joining.then((room) => room.close()).catch(() => undefined);
    };
    // Only whether there is a name: a new one does not mean a new room, see the next effect.
  }, [sessionId, named]);
  useEffect(() => {
    if (state.kind === 'ready') rename(state.room, userName);
  }, [state, userName]);
  return state;
}

async function join(sessionId: string, userName: string): Promise<Room> {
  const user = { name: userName, color: freeColor([], Math.random()) };
  return connect(location.origin, roomName(sessionId), { user, token: guestToken() });
}

/** Keeps the colour, which the room knows best. */
function rename(room: Room, name: string): void {
  const me = room.presence.list().find((person) => person.self);
  if (me !== undefined && me.name !== name) room.presence.setUser({ name, color: me.color });
}

function errorCode(error: unknown): ErrorCode | undefined {
  // By shape: whatever else is thrown means that nothing could be loaded.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? (code as ErrorCode) : 'wasm_failed';
}
