import type { Person, Room } from 'collab-wasm';
import { useEffect } from 'react';
import { useValue } from '../session/useValue';
import { yieldedColor } from './palette';

const NOBODY: Person[] = [];
const readPeople = (room: Room): Person[] => room.presence.list();

/** Everybody here, oneself first; gives way if somebody else has the same colour. */
export function usePeople(room: Room | null): Person[] {
  const people = useValue(room, 'presence', readPeople, NOBODY);
  useEffect(() => {
    const me = people.find((person) => person.self);
    const color = yieldedColor(people, Math.random());
    if (room !== null && me !== undefined && color !== null) room.presence.setUser({ name: me.name, color });
  }, [room, people]);
  return [...people].sort((a, b) => Number(b.self) - Number(a.self));
}
