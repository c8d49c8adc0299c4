/**
 * The public types of the package: what a room is and what it tells. Positions and lengths are
 * UTF-16 code units, as in JavaScript strings and in Monaco's and CodeMirror's offsets; texts
 * contain `\n` as their only line break.
 */
import type { CollabError } from './errors.js';

/** How `connect` finds the relay, names the user and keeps unsaved edits. */
export interface ConnectOptions {
  /** Shown to others. Without it the user is "Anonymous"; without a colour one is derived. */
  user?: UserInfo;
  /** Goes into the `hello` message, never into the URL. */
  token?: string;
  /**
   * Keep the room in IndexedDB, so that edits made offline survive a closed tab. Default: `true`
   * where IndexedDB exists. A string is the prefix of the database's name (default `collab`).
   */
  persist?: boolean | string;
  /** A WebSocket class, e.g. of the npm package `ws`. Default: the global one, else `ws`. */
  WebSocket?: WebSocketConstructor;
  /**
   * The WASM module or where to fetch it. Default: the file beside this package, made small; `fast`
   * of `collab-wasm/fast` is its faster twin.
   */
  wasm?: BufferSource | URL | Response;
}

export interface UserInfo {
  /** Cut to 40 characters; control characters are removed. */
  name: string;
  /** `#rrggbb`; anything else is replaced by a colour derived from the client ID. */
  color?: string;
}

/** The part of the WebSocket class that this package uses. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/**
 * - `connecting`: no connection yet; - `syncing`: connected, exchanging what each side lacks;
 * - `synced`: the relay has received everything; - `saved`: everything survives a crash of the
 *   relay; - `offline`: no connection, edits are kept here; - `refused`: see `Status.error`, we
 *   do not retry by ourselves.
 */
export type Phase = 'connecting' | 'syncing' | 'synced' | 'saved' | 'offline' | 'refused';

export interface Status {
  phase: Phase;
  /** Own edits that a crash could still lose (in an ephemeral room: that were not received). */
  unsaved: number;
  /** Unix time in ms of the next attempt to connect, if one is planned. */
  retryAt: number | null;
  error: CollabError | null;
  canWrite: boolean;
  /** Whether the relay keeps the room once everybody has left. */
  keeps: boolean;
  /** Whether the relay's store takes writes at the moment. */
  storeOk: boolean;
}

export interface RoomEvents {
  status: Status;
  files: FileInfo[];
  presence: Person[];
  /** The key that changed. */
  settings: string;
  /** Something went wrong; the room goes on unless `status.phase` is `refused`. */
  error: CollabError;
  /** The grant ends soon: get a new token and call `setToken`. */
  tokenExpiring: null;
  /** The last event: by `close` (`null`), or since the WASM client failed. Bindings end with it. */
  closed: CollabError | null;
}

/** A joined room. Edits work at once and offline; `close` it when it is no longer shown. */
export interface Room {
  readonly name: string;
  readonly status: Status;
  readonly files: Files;
  readonly presence: PresenceView;
  readonly settings: Settings;
  /** Listens until the returned function is called. */
  on<E extends keyof RoomEvents>(event: E, listener: (value: RoomEvents[E]) => void): () => void;
  /** Tries at once instead of at `status.retryAt`; also leaves `refused`. */
  reconnect(): void;
  /** Replaces the token, e.g. before the grant expires, or after `unauthorized`. */
  setToken(token: string): void;
  /** Takes leave of the others and lets go of socket, storage and memory. */
  close(): Promise<void>;
}

export interface FileInfo {
  id: string;
  name: string;
  /** Free text, by convention a Monaco language ID; may be empty. */
  language: string;
  order: number;
}

/** The room's files. `main` always exists, unless it was removed. */
export interface Files {
  list(): FileInfo[];
  deleted(): FileInfo[];
  /** Appends a file. `language` defaults to the room's `settings.language`. */
  create(name: string, language?: string): FileInfo;
  rename(id: string, name: string): void;
  setLanguage(id: string, language: string): void;
  move(id: string, order: number): void;
  /** Hides the file; its text stays, and `restore` brings it back. */
  remove(id: string): void;
  restore(id: string): void;
  /** The text of a file; the same object for the same ID. */
  open(id: string): TextFile;
}

/** Replace `delete` code units at `at` by `insert`. */
export interface Splice {
  /** Relative to the text before the whole edit. */
  at: number;
  delete: number;
  insert: string;
}

/** One step of a change, read from the start of the text. */
export type DeltaOp = { retain: number } | { insert: string } | { delete: number };

/** Who made a change: this client's `edit`, somebody else, or this client's undo and redo. */
export type Origin = 'local' | 'remote' | 'undo';

/** `source` is what `edit` was given. */
export type DeltaListener = (delta: DeltaOp[], origin: Origin, source: unknown) => void;

export interface TextFile {
  readonly id: string;
  readonly text: string;
  readonly length: number;
  /**
   * Applies splices (ascending, not overlapping) as one change; all or nothing. `source` comes
   * back with the delta, so that a binding knows its own edits.
   */
  edit(splices: Splice[], source?: unknown): void;
  /** Hears every change, own ones included, until the returned function is called. */
  onDelta(listener: DeltaListener): () => void;
  /** Takes back this client's last change here; `false` if there is none. */
  undo(): boolean;
  redo(): boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** The next edit starts a new undo step, even right after the last one. */
  stopCapturing(): void;
}

export type PersonStatus = 'active' | 'idle' | 'away';

/** Somebody in the room. Name and colours come from others: show names as text, never as HTML. */
export interface Person {
  /** One per page load, so one user with two tabs is two persons. */
  client: number;
  self: boolean;
  name: string;
  /** `#rrggbb` or `#rrggbbaa`, checked. */
  color: string;
  /** `#rrggbbaa`, for selections. */
  colorLight: string;
  status: PersonStatus;
  file: string | null;
  /**
   * Offsets in `file` as of now; `null` without a cursor, while its text is not here yet, and in a
   * file that is not open here.
   */
  cursor: { anchor: number; head: number } | null;
}

export interface PresenceView {
  /** Everybody here, oneself included, in a stable order. */
  list(): Person[];
  setUser(user: UserInfo): void;
  /** Where one's own cursor is; `file: null` takes it away, `head` defaults to `anchor`. */
  setCursor(file: string | null, anchor?: number, head?: number): void;
  setStatus(status: PersonStatus): void;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Settings that all in the room share. Personal ones (theme) do not belong here. */
export interface Settings {
  get(key: string): Json | undefined;
  set(key: string, value: Json): void;
  /** Default language of new files; empty if nobody has chosen one. */
  language: string;
}

/** What a binding returns. */
export interface Binding {
  dispose(): void;
}
