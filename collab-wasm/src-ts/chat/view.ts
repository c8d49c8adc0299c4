/** What is shown of a chat, from the flat arrays of `src/chat/view.rs`. */
import type { ChatMessage, ChatPerson, ChatPlaceInfo, ChatReaction } from './types.js';

type RawPlace = [place: string, name: string, unread: number];
type RawPerson = [user: string, name: string, self: boolean, typing: boolean];
type RawReaction = [emoji: string, own: boolean, names: string[]];
type RawMessage = [
  id: string,
  user: string,
  name: string,
  own: boolean,
  at: number,
  text: string,
  edited: boolean,
  pending: boolean,
  re: string | undefined,
  reactions: unknown[],
];

export function toPlaces(raw: unknown[]): ChatPlaceInfo[] {
  return inRows<RawPlace>(raw, 3).map(([place, name, unread]) => ({ place, name, unread }));
}

export function toPeople(raw: unknown[]): ChatPerson[] {
  const rows = inRows<RawPerson>(raw, 4);
  return rows.map(([user, name, self, typing]) => ({ user, name, self, typing }));
}

/** Oldest first; the client lists the newest first. */
export function toMessages(raw: unknown[]): ChatMessage[] {
  return inRows<RawMessage>(raw, 10).map(toMessage).reverse();
}

function toMessage(raw: RawMessage): ChatMessage {
  const [id, user, name, own, at, text, edited, pending, re, reactions] = raw;
  const rows = inRows<RawReaction>(reactions, 3);
  return { id, user, name, own, at, text, edited, pending, re: re ?? null, reactions: rows.map(toReaction) };
}

function toReaction([emoji, own, names]: RawReaction): ChatReaction {
  return { with: emoji, own, names };
}

/** Cuts what lies end to end, so many fields each. */
export function inRows<Row extends unknown[]>(flat: unknown[], fields: Row['length']): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at + fields <= flat.length; at += fields) rows.push(flat.slice(at, at + fields) as Row);
  return rows;
}
