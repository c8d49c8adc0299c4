/**
 * A joined room: hands what the WASM client wants done to connection, storage and listeners, and
 * the application's calls to the client.
 */
import { deliver, type BatchHandler } from './batch.js';
import { UNKNOWN } from './batch-status.js';
import { Connection } from './connection.js';
import type { DocumentEngine } from './document-engine.js';
import { CollabError, isErrorCode } from './errors.js';
import { RoomFiles } from './files.js';
import { Listeners } from './listeners.js';
import { People } from './presence.js';
import { SharedSettings } from './settings.js';
import type { Storage } from './storage.js';
import type { DeltaOp, Origin, Room, RoomEvents, Status } from './types.js';
import type { WebSocketConstructor } from './types.js';

type RoomListeners = { [E in keyof RoomEvents]: Listeners<[RoomEvents[E]]> };

export interface RoomParts {
  name: string;
  url: string;
  engine: DocumentEngine;
  WebSocket: WebSocketConstructor;
  storage: Storage | undefined;
}

export class CollabRoom implements Room, BatchHandler {
  readonly name: string;
  readonly files: RoomFiles;
  readonly presence: People;
  readonly settings: SharedSettings;
  readonly #engine: DocumentEngine;
  readonly #connection: Connection;
  readonly #storage: Storage | undefined;
  #status = UNKNOWN;
  #closed = false;
  #ending: Promise<void> | undefined;
  readonly #listeners: RoomListeners = {
    status: new Listeners(),
    files: new Listeners(),
    presence: new Listeners(),
    settings: new Listeners(),
    error: new Listeners(),
    tokenExpiring: new Listeners(),
    closed: new Listeners(),
  };

  constructor(parts: RoomParts) {
    this.name = parts.name;
    this.#engine = parts.engine;
    this.#storage = parts.storage;
    this.#connection = new Connection(parts.engine, parts.WebSocket, parts.url);
    this.settings = new SharedSettings(parts.engine);
    this.files = new RoomFiles(parts.engine);
    this.presence = new People(parts.engine);
    this.#engine.attach((batch) => deliver(batch, this));
  }

  get status(): Status {
    return this.#status;
  }

  on<E extends keyof RoomEvents>(event: E, listener: (value: RoomEvents[E]) => void): () => void {
    return this.#listeners[event].add(listener);
  }

  reconnect(): void {
    this.#engine.input((client, now) => client.start(now));
  }

  setToken(token: string): void {
    this.#engine.input((client, now) => client.setToken(now, token));
  }

  close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Shows an error that did not come from the client. */
  report(error: CollabError): void {
    this.#listeners.error.emit(error);
  }

  /** The client trapped: nothing goes on, and the user interface must know. */
  trapped(error: CollabError): void {
    this.#connection.dispose();
    this.#status = { ...this.#status, phase: 'refused', retryAt: null, error, canWrite: false };
    this.#listeners.status.emit(this.#status);
    this.report(error);
    this.#letGo(error);
  }

  connect(): void {
    this.#connection.open();
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#connection.send(frame);
  }

  disconnect(): void {
    this.#connection.close();
  }

  deadline(at: number): void {
    this.#connection.wake(at);
  }

  persist(update: Uint8Array<ArrayBuffer>): void {
    this.#storage?.append(update);
  }

  text(file: number, delta: DeltaOp[], origin: Origin): void {
    this.files.changed(file, delta, origin);
  }

  setting(key: string): void {
    this.#listeners.settings.emit(key);
  }

  refused(code: string): void {
    this.report(new CollabError(isErrorCode(code) ? code : 'internal', 'refused by the relay'));
  }

  tokenExpiring(): void {
    this.#listeners.tokenExpiring.emit(null);
  }

  filesChanged(): void {
    this.#listeners.files.emit(this.files.list());
  }

  presenceChanged(): void {
    this.#listeners.presence.emit(this.presence.list());
  }

  statusChanged(status: Status): void {
    const before = this.#status.error?.code;
    this.#status = status;
    this.#storage?.mark(status.unsaved);
    this.#listeners.status.emit(status);
    const { error } = status;
    if (error !== null && error.code !== before) this.report(error);
  }

  async #end(): Promise<void> {
    this.#letGo(null);
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
    this.#engine.event((client, now) => client.stop(now));
    this.#connection.dispose();
    await this.#storage?.close();
    this.#engine.end();
  }

  #letGo(error: CollabError | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.closed.emit(error);
    this.files.forget();
    this.presence.dispose();
  }
}
