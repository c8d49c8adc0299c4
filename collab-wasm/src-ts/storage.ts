/**
 * A room in IndexedDB: updates as they come, folded into a snapshot now and then, and how many own
 * edits the relay has not confirmed yet.
 *
 * Several tabs may use one room's database at once. Each deletes only rows whose content its own
 * replica holds, and clears only marks that it wrote or took over when it opened.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { CollabError } from './errors.js';

/** As many rows are folded into one snapshot. */
const COMPACT_AFTER_ROWS = 500;

/**
 * A mark is cleared this much later: whoever types while online would otherwise write and clear
 * one per keystroke. A mark that stays after a crash only makes the next load send a diff.
 */
const CLEAR_AFTER_MS = 1_000;

interface Mark {
  /** The client ID of the page load that made the edits. */
  client: number;
  /** Edits of it that were not durable. */
  unsaved: number;
  /** Differs between two writes of one client, so that a newer mark is never taken for an older. */
  version: number;
}

interface RoomSchema extends DBSchema {
  updates: { key: number; value: Uint8Array<ArrayBuffer> };
  marks: { key: number; value: Mark };
}

/** What an earlier page load left behind. */
export interface Restored {
  updates: Uint8Array<ArrayBuffer>[];
  unsaved: number;
}

export interface StorageOptions {
  /** Name of the database: one per room and relay. */
  database: string;
  client: number;
  /** The whole document as one update, for compaction. */
  snapshot: () => Promise<Uint8Array<ArrayBuffer>>;
  failed: (error: CollabError) => void;
}

export class Storage {
  readonly #db: IDBPDatabase<RoomSchema>;
  readonly #options: StorageOptions;
  /** Rows whose content our replica holds. */
  #rows: number[];
  /** Marks of earlier page loads, whose edits are ours to send now. */
  #inherited: Mark[];
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #unsaved: number;
  #written = 0;
  #version = 0;
  #dirty = false;
  /** A write failed, so rows are missing: the next write must be a snapshot. */
  #gap = false;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  private constructor(
    db: IDBPDatabase<RoomSchema>,
    options: StorageOptions,
    rows: number[],
    marks: Mark[],
  ) {
    this.#db = db;
    this.#options = options;
    this.#rows = rows;
    this.#inherited = marks;
    this.#unsaved = sum(marks);
  }

  static async open(options: StorageOptions): Promise<[Storage, Restored]> {
    try {
      const db = await openDB<RoomSchema>(options.database, 1, {
        upgrade(database) {
          database.createObjectStore('updates', { autoIncrement: true });
          database.createObjectStore('marks', { keyPath: 'client' });
        },
        // Another tab deletes the database, or brings a newer version.
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      const tx = db.transaction(['updates', 'marks']);
      const [rows, updates, marks] = await Promise.all([
        tx.objectStore('updates').getAllKeys(),
        tx.objectStore('updates').getAll(),
        tx.objectStore('marks').getAll(),
      ]);
      return [new Storage(db, options, rows, marks), { updates, unsaved: sum(marks) }];
    } catch (cause) {
      throw new CollabError('storage_failed', 'cannot open', { cause });
    }
  }

  /** Rows (by their place in `Restored.updates`) that could not be read: they are left alone. */
  leave(places: Iterable<number>): void {
    const left = new Set(places);
    this.#rows = this.#rows.filter((_row, place) => !left.has(place));
  }

  /** Keeps an update. It is written before the current task's end, together with the mark. */
  append(update: Uint8Array<ArrayBuffer>): void {
    this.#pending.push(update);
    this.#schedule();
  }

  /** How many own edits, earlier page loads' included, are not durable. */
  mark(unsaved: number): void {
    if (unsaved === this.#unsaved) return;
    this.#unsaved = unsaved;
    clearTimeout(this.#clearTimer);
    if (unsaved > 0) this.#markNow();
    else this.#clearTimer = setTimeout(() => this.#markNow(), CLEAR_AFTER_MS);
  }

  /** Writes what is pending and lets go of the database. */
  async close(): Promise<void> {
    clearTimeout(this.#clearTimer);
    this.#markNow();
    await this.#writing;
    this.#db.close();
  }

  #markNow(): void {
    this.#dirty = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#writing ??= Promise.resolve()
      .then(() => this.#write())
      .catch((cause: unknown) => {
        this.#gap = true;
        const error = cause instanceof CollabError ? cause : undefined;
        this.#options.failed(error ?? new CollabError('storage_failed', 'write', { cause }));
      })
      .finally(() => (this.#writing = undefined));
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0 || this.#dirty) {
      const updates = this.#pending;
      this.#pending = [];
      this.#dirty = false;
      const compacts = this.#gap || this.#rows.length + updates.length > COMPACT_AFTER_ROWS;
      // The snapshot holds all that was appended so far.
      const added = compacts ? [await this.#options.snapshot()] : updates;
      const tx = this.#db.transaction(['updates', 'marks'], 'readwrite');
      const rows = tx.objectStore('updates');
      const keys = await Promise.all([
        ...added.map((update) => rows.add(update)),
        ...(compacts ? this.#rows.map((row) => rows.delete(row)) : []),
        this.#writeMark(tx.objectStore('marks')),
        tx.done,
      ]).then((results) => results.slice(0, added.length) as number[]);
      this.#gap = false;
      this.#rows = compacts ? keys : [...this.#rows, ...keys];
    }
  }

  async #writeMark(marks: MarkStore): Promise<void> {
    const { client } = this.#options;
    if (this.#unsaved > 0) {
      const own = Math.max(0, this.#unsaved - sum(this.#inherited));
      if (own === this.#written) return;
      this.#written = own;
      this.#version += 1;
      await marks.put({ client, unsaved: own, version: this.#version });
      return;
    }
    const inherited = this.#inherited;
    this.#inherited = [];
    this.#written = 0;
    await marks.delete(client);
    for (const mark of inherited) {
      const now = await marks.get(mark.client);
      // That tab may still be open and have gone on since: then the mark is its own again.
      if (now?.version === mark.version) await marks.delete(mark.client);
    }
  }
}

interface MarkStore {
  get(client: number): Promise<Mark | undefined>;
  put(mark: Mark): Promise<number>;
  delete(client: number): Promise<void>;
}

function sum(marks: readonly Mark[]): number {
  return marks.reduce((total, mark) => total + mark.unsaved, 0);
}
