import type { FileInfo, Person } from 'collab-wasm';
import { Popover } from '../controls/Popover';
import { useMediaQuery } from '../controls/useMediaQuery';
import { Avatar } from './Avatar';
import './PeopleMenu.css';

interface PeopleMenuProps {
  people: Person[];
  files: FileInfo[];
  /** Shows where this person's cursor is. */
  onVisit: (person: Person) => void;
  onRename: () => void;
}

/** Faces in the header, on wide and narrow pages; the rest becomes a number. */
const FACES_MAX = { wide: 5, narrow: 3 };

/** Who is here: a stack of faces, and behind it the list with names and whereabouts. */
export function PeopleMenu({ people, files, onVisit, onRename }: PeopleMenuProps) {
  const label = people.length === 1 ? '1 person here' : `${people.length} people here`;
  return (
    <Popover label={label} role="dialog" buttonClass="people-button" button={<Faces people={people} />}>
      {(close) => (
        <>
          <h2 className="menu-heading">{label}</h2>
          <ul className="people">
            {people.map((person) => (
              <li key={person.client}>
                <PersonRow
                  person={person}
                  place={whereabouts(person, files)}
                  onPick={() => {
                    close();
                    if (person.self) onRename();
                    else onVisit(person);
                  }}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </Popover>
  );
}

function Faces({ people }: { people: Person[] }) {
  const max = useMediaQuery('(max-width: 30rem)') ? FACES_MAX.narrow : FACES_MAX.wide;
  const shown = people.length > max ? people.slice(0, max - 1) : people;
  const rest = people.length - shown.length;
  return (
    <span className="faces">
      {shown.map((person) => (
        <Avatar key={person.client} person={person} />
      ))}
      {rest > 0 && <span className="avatar avatar--rest">+{rest}</span>}
    </span>
  );
}

interface PersonRowProps {
  person: Person;
  place: string;
  onPick: () => void;
}

function PersonRow({ person, place, onPick }: PersonRowProps) {
  const canPick = person.self || person.file !== null;
  const hint = person.self ? 'Change your name' : canPick ? `Go to ${person.name}` : person.name;
  return (
    <button type="button" className="person" disabled={!canPick} title={hint} onClick={onPick}>
      <Avatar person={person} />
      <span className="person__text">
        <bdi className="person__name">{person.name}</bdi>
        <span className="person__place">{place}</span>
      </span>
      {person.self && <span className="person__self">you</span>}
    </button>
  );
}

function whereabouts(person: Person, files: FileInfo[]): string {
  const file = files.find((each) => each.id === person.file)?.name;
  const state = { active: '', idle: 'idle', away: 'away' }[person.status];
  return [file === undefined ? '' : `in ${file}`, state].filter((part) => part !== '').join(' · ') || 'just here';
}
