/** Messages as they stand in the list: by day, and by author as long as one goes on talking. */
import type { ChatMessage } from 'collab-wasm/chat';

/** A pause of this length begins a new group. */
const PAUSE_MS = 5 * 60_000;

export interface Group {
  /** The first message's ID. */
  id: string;
  /** Set where a new day begins: that day, in Unix ms. */
  day: number | null;
  messages: ChatMessage[];
}

/** Groups of messages, which come oldest first. */
export function groupMessages(messages: readonly ChatMessage[]): Group[] {
  const groups: Group[] = [];
  for (const message of messages) {
    const group = groups.at(-1);
    const last = group?.messages.at(-1);
    if (group !== undefined && last !== undefined && goesOn(last, message)) group.messages.push(message);
    else groups.push({ id: message.id, day: startsDay(last, message) ? message.at : null, messages: [message] });
  }
  return groups;
}

function goesOn(last: ChatMessage, next: ChatMessage): boolean {
  const sameVoice = last.user === next.user && last.name === next.name;
  return sameVoice && next.re === null && next.at - last.at < PAUSE_MS && !startsDay(last, next);
}

function startsDay(last: ChatMessage | undefined, next: ChatMessage): boolean {
  return last === undefined || new Date(last.at).toDateString() !== new Date(next.at).toDateString();
}
