/**
 * The guarded way into the WASM client: runs one input at a time, turns what it throws into
 * `CollabError`, and delivers what follows in order. A trap (a panic inside, a stack overflow by
 * hostile bytes) ends this engine for good instead of leaving the page with half a client.
 */
import type { Client } from '../pkg/collab_wasm.js';
import { deliver, type BatchHandler, type RawBatch } from './batch.js';
import { CollabError, isErrorCode } from './errors.js';

export class Engine {
  readonly #client: Client;
  readonly #queue: { batch: RawBatch; source: unknown }[] = [];
  readonly #onTrap: (error: CollabError) => void;
  #handler: BatchHandler | undefined;
  #delivering = false;
  #ended: CollabError | undefined;
  #source: unknown;

  constructor(client: Client, onTrap: (error: CollabError) => void) {
    this.#client = client;
    this.#onTrap = onTrap;
  }

  /** Outputs wait until there is somebody to carry them out. */
  attach(handler: BatchHandler): void {
    this.#handler = handler;
    this.#deliver();
  }

  /** Who caused what is being delivered now; see `TextFile.edit`. */
  get source(): unknown {
    return this.#source;
  }

  /** Runs one input and delivers what follows from it, unless it was called from a delivery. */
  input<T>(run: (client: Client, now: number) => T, source?: unknown): T {
    const [result, batch] = this.read((client) => {
      const value = run(client, Date.now());
      return [value, client.drain() as RawBatch] as const;
    });
    this.#queue.push({ batch, source });
    this.#deliver();
    return result;
  }

  /** Asks the client for something that changes nothing. */
  read<T>(run: (client: Client) => T): T {
    if (this.#ended !== undefined) throw this.#ended;
    try {
      return run(this.#client);
    } catch (thrown) {
      throw this.#toError(thrown);
    }
  }

  /** As `input`, for what nobody waits for: a trap was reported already, so it is not thrown. */
  event(run: (client: Client, now: number) => void): void {
    if (this.#ended !== undefined) return;
    try {
      this.input(run);
    } catch (error) {
      if (error !== this.#ended) throw error;
    }
  }

  /** Frees the client's memory. All later calls throw `room_closed`. */
  end(): void {
    if (this.#ended !== undefined) return;
    this.#ended = new CollabError('room_closed');
    this.#queue.length = 0;
    this.#client.free();
  }

  #toError(thrown: unknown): CollabError {
    // The client throws the bare code of an error that it has foreseen.
    if (typeof thrown === 'string' && isErrorCode(thrown)) return new CollabError(thrown);
    const error = new CollabError('internal', 'the WASM client failed', { cause: thrown });
    this.#ended = error;
    this.#queue.length = 0;
    this.#onTrap(error);
    return error;
  }

  #deliver(): void {
    if (this.#delivering || this.#handler === undefined) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#source = next.source;
        deliver(next.batch, this.#handler);
      }
    } finally {
      this.#delivering = false;
      this.#source = undefined;
    }
  }
}
