import type { Person } from 'collab-wasm';
import { inkOn } from '../styles/contrast';
import { initials } from './initials';

/** A round of the person's colour with the initials. Decoration: the name stands beside it. */
export function Avatar({ person }: { person: Person }) {
  const style = { background: person.color, color: inkOn(person.color) };
  return (
    <span className="avatar" data-status={person.status} style={style} aria-hidden="true">
      {initials(person.name)}
    </span>
  );
}
