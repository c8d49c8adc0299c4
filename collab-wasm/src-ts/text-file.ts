/** One file's text: splices go in, deltas come out. */
import type { DocumentEngine } from './document-engine.js';
import { CollabError } from './errors.js';
import { Listeners } from './listeners.js';
import type { DeltaListener, DeltaOp, Origin, Splice, TextFile } from './types.js';

export class SharedText implements TextFile {
  readonly id: string;
  /** What the client knows it by. */
  readonly number: number;
  readonly #engine: DocumentEngine;
  readonly #listeners = new Listeners<Parameters<DeltaListener>>();
  #watchers = 0;

  constructor(id: string, engine: DocumentEngine) {
    this.id = id;
    this.#engine = engine;
    // Fails here, and not at the first keystroke, if there is no such file.
    this.number = engine.read((client) => client.open(id));
  }

  get text(): string {
    return this.#engine.read((client) => client.text(this.number));
  }

  get length(): number {
    return this.#engine.read((client) => client.length(this.number));
  }

  edit(splices: Splice[], source?: unknown): void {
    const [first] = splices;
    if (first !== undefined && splices.length === 1) this.#splice(first, source);
    else this.#edit(splices, source);
  }

  #splice({ at, delete: length, insert }: Splice, source: unknown): void {
    if (!isOffset(at) || !isOffset(length)) throw new CollabError('out_of_range');
    const text = toWellFormed(insert);
    this.#engine.input((client, now) => client.splice(now, this.number, at, length, text), source);
  }

  #edit(splices: Splice[], source: unknown): void {
    const numbers = new Uint32Array(splices.length * 3);
    let inserted = '';
    splices.forEach((splice, i) => {
      if (!isOffset(splice.at) || !isOffset(splice.delete)) throw new CollabError('out_of_range');
      const text = toWellFormed(splice.insert);
      numbers.set([splice.at, splice.delete, text.length], i * 3);
      inserted += text;
    });
    this.#engine.input((client, now) => client.edit(now, this.number, numbers, inserted), source);
  }

  onDelta(listener: DeltaListener): () => void {
    const remove = this.#listeners.add(listener);
    // Watching costs something for each change by others, so only while somebody listens.
    if (this.#watchers++ === 0) this.#engine.input((client) => client.watch(this.number));
    let heard = true;
    return () => {
      if (!heard) return;
      heard = false;
      remove();
      if (--this.#watchers === 0) this.#engine.event((client) => client.unwatch(this.number));
    };
  }

  undo(): boolean {
    return this.#engine.input((client, now) => client.undo(now, this.number));
  }

  redo(): boolean {
    return this.#engine.input((client, now) => client.redo(now, this.number));
  }

  get canUndo(): boolean {
    return this.#engine.read((client) => client.canUndo(this.number));
  }

  get canRedo(): boolean {
    return this.#engine.read((client) => client.canRedo(this.number));
  }

  stopCapturing(): void {
    this.#engine.read((client) => client.stopCapturing(this.number));
  }

  /** Passes a delta on. */
  changed(delta: DeltaOp[], origin: Origin): void {
    this.#listeners.emit(delta, origin, this.#engine.source);
  }

  forget(): void {
    this.#listeners.clear();
  }
}

/** Half a surrogate pair has no UTF-8. As U+FFFD it keeps its length. */
function toWellFormed(text: string): string {
  // A single unit below surrogates is what most keys type.
  if (text.length <= 1 && !(text >= '\ud800')) return text;
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function isOffset(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
