import type { Chat, ChatPerson, ChatPlace, ChatPlaceInfo } from 'collab-wasm/chat';
import { MenuItem } from '../controls/MenuItem';
import { Icon } from '../controls/Icon';
import { Popover } from '../controls/Popover';

interface PlacesProps {
  chat: Chat;
  places: ChatPlaceInfo[];
  people: ChatPerson[];
  place: ChatPlace;
  onPlace: (place: ChatPlace) => void;
}

/** The conversations as tabs, with what is unread in each, and a menu to begin another one. */
export function Places({ chat, places, people, place, onPlace }: PlacesProps) {
  const others = people.filter((person) => !person.self && !places.some((each) => each.place === person.user));
  return (
    <nav className="places" aria-label="Conversations">
      {places.map((each) => (
        <button
          key={each.place}
          type="button"
          className="place"
          aria-current={each.place === place ? 'true' : undefined}
          aria-label={placeLabel(each)}
          onClick={() => onPlace(each.place)}
        >
          <bdi>{each.place === 'room' ? 'Everybody' : each.name}</bdi>
          {each.unread > 0 && <span className="badge">{each.unread}</span>}
        </button>
      ))}
      {others.length > 0 && (
        <Popover label="Write to one person" role="menu" button={<Icon name="plus" />}>
          {(close) =>
            others.map((person) => (
              <MenuItem
                key={person.user}
                icon="chat"
                onSelect={() => {
                  close();
                  onPlace(chat.openDirect(person.user));
                }}
              >
                <bdi>{person.name}</bdi>
              </MenuItem>
            ))
          }
        </Popover>
      )}
    </nav>
  );
}

function placeLabel({ place, name, unread }: ChatPlaceInfo): string {
  const who = place === 'room' ? 'Everybody' : name;
  return unread > 0 ? `${who}, ${unread} unread` : who;
}
