/**
 * The guarded way into the WASM client: runs one input at a time, turns what it throws into
 * `CollabError`, and delivers what follows in order. A trap (a panic inside, a stack overflow by
 * hostile bytes) ends this engine for good instead of leaving the page with half a client.
 */
import { CollabError, isErrorCode } from './errors.js';

/** What every client of the WASM modules can do. */
export interface WasmClient {
  /** What waits to be carried out, in one piece. */
  drain(): unknown;
  free(): void;
}

export class Engine<Client extends WasmClient, Batch = unknown> {
  readonly #client: Client;
  readonly #queue: { batch: Batch; source: unknown }[] = [];
  readonly #onTrap: (error: CollabError) => void;
  readonly #read: (drained: unknown) => Batch;
  #carryOut: ((batch: Batch) => void) | undefined;
  #delivering = false;
  #ended: CollabError | undefined;
  #source: unknown;

  /** `read` makes a batch of what `drain` returned. */
  constructor(
    client: Client,
    onTrap: (error: CollabError) => void,
    read: (drained: unknown) => Batch,
  ) {
    this.#client = client;
    this.#onTrap = onTrap;
    this.#read = read;
  }

  /** Outputs wait until there is somebody to carry them out. */
  attach(carryOut: (batch: Batch) => void): void {
    this.#carryOut = carryOut;
    this.#deliver();
  }

  /** Who caused what is being delivered now; see `TextFile.edit`. */
  get source(): unknown {
    return this.#source;
  }

  /** Runs one input and delivers what follows from it, unless it was called from a delivery. */
  input<T>(run: (client: Client, now: number) => T, source?: unknown): T {
    if (this.#ended !== undefined) throw this.#ended;
    let result: T;
    let batch: Batch;
    try {
      result = run(this.#client, Date.now());
      batch = this.#read(this.#client.drain());
    } catch (thrown) {
      throw this.#toError(thrown);
    }
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
    if (this.#delivering || this.#carryOut === undefined) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#source = next.source;
        this.#carryOut(next.batch);
      }
    } finally {
      this.#delivering = false;
      this.#source = undefined;
    }
  }
}
