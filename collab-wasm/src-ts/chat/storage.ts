/**
 * What of a chat survives a closed tab: messages that the relay may not have, and what was read. One
 * row per page load, under its client ID; a later one takes over all that it finds.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { ConnectOptions } from '../types.js';

/** Changes of one burst are written together. */
const WRITE_AFTER_MS = 250;

interface ChatSchema extends DBSchema {
  kept: { key: number; value: Uint8Array<ArrayBuffer> };
}

type Read = () => Uint8Array<ArrayBuffer>;

export class ChatStorage {
  /** What earlier page loads left behind. */
  readonly kept: readonly Uint8Array<ArrayBuffer>[];
  readonly #db: IDBPDatabase<ChatSchema>;
  readonly #client: number;
  /** Rows that this page load has taken over: they go when its own is written. */
  #taken: readonly number[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    db: IDBPDatabase<ChatSchema>,
    client: number,
    taken: readonly number[],
    kept: readonly Uint8Array<ArrayBuffer>[],
  ) {
    this.#db = db;
    this.#client = client;
    this.#taken = taken;
    this.kept = kept;
  }

  /** `undefined` where nothing can be kept: a chat without storage is better than none. */
  static async open(
    persist: ConnectOptions['persist'],
    address: string,
    client: number,
  ): Promise<ChatStorage | undefined> {
    if (persist === false || globalThis.indexedDB === undefined) return undefined;
    const prefix = typeof persist === 'string' ? persist : 'collab';
    try {
      const db = await openDB<ChatSchema>(`${prefix}-chat:${address}`, 1, {
        upgrade: (database) => void database.createObjectStore('kept'),
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      const [keys, kept] = await Promise.all([db.getAllKeys('kept'), db.getAll('kept')]);
      return new ChatStorage(db, client, keys, kept);
    } catch {
      return undefined;
    }
  }

  /** Writes what `read` gives a little later. */
  keep(read: Read): void {
    this.#timer ??= setTimeout(() => this.#write(read), WRITE_AFTER_MS);
  }

  /** Writes the last state and lets go of the database. */
  async close(read: Read): Promise<void> {
    this.#write(read);
    await this.#writing;
    this.#db.close();
  }

  #write(read: Read): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let state: Uint8Array<ArrayBuffer>;
    try {
      state = read();
    } catch {
      // The client has ended: what was written last is what counts.
      return;
    }
    const taken = this.#taken;
    this.#taken = [];
    this.#writing = this.#writing.then(() => this.#put(state, taken)).catch(() => undefined);
  }

  async #put(state: Uint8Array<ArrayBuffer>, taken: readonly number[]): Promise<void> {
    const tx = this.#db.transaction('kept', 'readwrite');
    await Promise.all([
      tx.store.put(state, this.#client),
      ...taken.map((client) => tx.store.delete(client)),
      tx.done,
    ]);
  }
}
