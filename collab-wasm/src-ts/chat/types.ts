import type { ErrorCode } from '../errors.js';
import type { ConnectOptions, Status } from '../types.js';

/** The public types of a room's chat. Names and texts come from others: show them as text, never as HTML. */

/** The room's own conversation, or a direct one, named after the other's user ID. */
export type ChatPlace = 'room' | (string & {});

export interface ChatPlaceInfo {
  place: ChatPlace;
  /** Of a direct conversation: what the other was called last. Empty for the room. */
  name: string;
  /** Messages of others that came after `markRead`. */
  unread: number;
}

export interface ChatMessage {
  /** Unique in its conversation. */
  id: string;
  /** The author's user ID, which the relay has checked. */
  user: string;
  /** What the author was called when they wrote it. */
  name: string;
  own: boolean;
  /** Unix time in ms. */
  at: number;
  text: string;
  edited: boolean;
  /** Not safe from a crash of the relay yet; in an ephemeral room: not received yet. */
  pending: boolean;
  /** The message that this one answers; it may be deleted, or not be here. */
  re: string | null;
  reactions: ChatReaction[];
}

export interface ChatReaction {
  with: string;
  /** Names of those who reacted so. */
  names: string[];
  own: boolean;
}

export interface ChatPerson {
  user: string;
  name: string;
  self: boolean;
  /** Whether they are typing to everybody. */
  typing: boolean;
}

/** A line that was typed, understood. */
export type ChatCommand =
  | { kind: 'say' | 'act'; text: string }
  | { kind: 'direct'; to: string; text: string }
  | { kind: 'login'; name: string; password: string }
  | { kind: 'setPassword'; password: string }
  | { kind: 'setName'; name: string }
  | { kind: 'who' | 'me' }
  | { kind: 'help'; about: string | null }
  /** Not understood; `text` says why, for people. */
  | { kind: 'wrong'; text: string };

export interface ChatCompletion {
  /** The part of the line that a choice replaces, in UTF-16 units. */
  from: number;
  to: number;
  choices: { text: string; hint: string }[];
}

/** How `connectChat` finds the relay and names the user. */
export interface ChatOptions extends Pick<ConnectOptions, 'token' | 'WebSocket' | 'wasm' | 'persist'> {
  /** Shown to others, unless the relay decides it. */
  name: string;
}

export interface ChatEvents {
  /** Something differs in a conversation: messages, or what is unread. */
  messages: null;
  /** Somebody else wrote a message that was not there before. */
  arrived: { place: ChatPlace; id: string };
  people: ChatPerson[];
  status: Status;
  /** The relay refused something; the chat goes on unless `status.phase` is `refused`. */
  refused: ErrorCode;
  /** The grant ends soon: get a new token and call `setToken`. */
  tokenExpiring: null;
}

/** A room's chat. Writing works offline too, and throws a `CollabError` where it cannot. */
export interface Chat {
  readonly status: Status;
  /** Own user ID; `null` until the relay has told it, and where it knows none. */
  readonly user: string | null;
  /** Listens until the returned function is called. */
  on<E extends keyof ChatEvents>(event: E, listener: (value: ChatEvents[E]) => void): () => void;
  /** Conversations: the room's first, then direct ones. */
  places(): ChatPlaceInfo[];
  /** Opens a direct conversation and returns its place. */
  openDirect(user: string): ChatPlace;
  /** The newest `limit` messages, oldest first. */
  messages(place: ChatPlace, limit: number): ChatMessage[];
  /** Whether there are older ones than the newest `limit`. */
  hasOlder(place: ChatPlace, limit: number): boolean;
  /** Loads older messages where they are not here yet; the event `messages` tells when they are. */
  loadOlder(place: ChatPlace): void;
  /** Writes a message, answering another one or not; returns its ID. */
  say(place: ChatPlace, text: string, re?: string): string;
  edit(place: ChatPlace, id: string, text: string): void;
  remove(place: ChatPlace, id: string): void;
  react(place: ChatPlace, id: string, emoji: string, on: boolean): void;
  /** All that is loaded of a conversation was seen. */
  markRead(place: ChatPlace): void;
  /** Where one is typing, if anywhere; told to others of the room's conversation only. */
  setTyping(place: ChatPlace | null): void;
  setName(name: string): void;
  people(): ChatPerson[];
  /** Understands a typed line. */
  parse(line: string): ChatCommand;
  /** What could follow the cursor: commands after `/`, people after `@`. */
  complete(line: string, cursor: number): ChatCompletion | null;
  /** The part of a line that must be neither shown nor remembered, in UTF-16 units. */
  secret(line: string): { from: number; to: number } | null;
  /** All commands: usage and what they do. */
  help(): { usage: string; help: string }[];
  /** Tries at once instead of at `status.retryAt`; also leaves `refused`. */
  reconnect(): void;
  setToken(token: string): void;
  /** Takes leave of the others and lets go of socket, storage and memory. */
  close(): Promise<void>;
}
