/**
 * Arithmetic of deltas: between splices and deltas, offsets through a delta, and two concurrent
 * deltas past each other. Pure; used by the bindings, which hold remote changes back while an
 * input method composes text.
 */
import type { DeltaOp, Splice } from './types.js';

/** The change that `splices` (ascending, not overlapping) describe. */
export function toDelta(splices: readonly Splice[]): DeltaOp[] {
  const delta = new DeltaBuilder();
  let position = 0;
  for (const splice of splices) {
    delta
      .retain(splice.at - position)
      .insert(splice.insert)
      .delete(splice.delete);
    position = splice.at + splice.delete;
  }
  return delta.done();
}

/** The splices of a delta, relative to the text before it. */
export function toSplices(delta: readonly DeltaOp[]): Splice[] {
  const splices: Splice[] = [];
  let position = 0;
  for (const op of delta) {
    if ('retain' in op) {
      position += op.retain;
      continue;
    }
    const last = splices.at(-1);
    const open = last !== undefined && last.at + last.delete === position ? last : undefined;
    const splice = open ?? { at: position, delete: 0, insert: '' };
    if (open === undefined) splices.push(splice);
    if ('insert' in op) splice.insert += op.insert;
    else {
      splice.delete += op.delete;
      position += op.delete;
    }
  }
  return splices;
}

/**
 * Where an offset lies after a delta. Text inserted exactly there goes behind it; within replaced
 * text it keeps its distance from the start, as far as that goes.
 */
export function mapOffset(delta: readonly DeltaOp[], offset: number): number {
  let shift = 0;
  for (const splice of toSplices(delta)) {
    if (splice.at >= offset) break;
    const end = splice.at + splice.delete;
    if (offset < end) {
      return splice.at + shift + Math.min(offset - splice.at, splice.insert.length);
    }
    shift += splice.insert.length - splice.delete;
  }
  return offset + shift;
}

/** The text after a delta. */
export function applyDelta(text: string, delta: readonly DeltaOp[]): string {
  let result = '';
  let position = 0;
  for (const op of delta) {
    if ('insert' in op) result += op.insert;
    else if ('delete' in op) position += op.delete;
    else {
      result += text.slice(position, position + op.retain);
      position += op.retain;
    }
  }
  return result + text.slice(position);
}

/**
 * Moves two changes of the same text past each other: the results say `left` after `right` and
 * `right` after `left`. Where both insert at one place, the text of `left` comes first.
 */
export function cross(left: readonly DeltaOp[], right: readonly DeltaOp[]): [DeltaOp[], DeltaOp[]] {
  const [a, b] = [new Cursor(left), new Cursor(right)];
  const [leftAfter, rightAfter] = [new DeltaBuilder(), new DeltaBuilder()];
  while (!a.atEnd || !b.atEnd) {
    if (a.insert !== undefined) {
      rightAfter.retain(a.insert.length);
      leftAfter.insert(a.takeInsert());
    } else if (b.insert !== undefined) {
      leftAfter.retain(b.insert.length);
      rightAfter.insert(b.takeInsert());
    } else {
      const length = Math.min(a.rest, b.rest);
      const [dropA, dropB] = [a.isDelete, b.isDelete];
      a.take(length);
      b.take(length);
      if (dropA && !dropB) leftAfter.delete(length);
      else if (dropB && !dropA) rightAfter.delete(length);
      else if (!dropA) {
        leftAfter.retain(length);
        rightAfter.retain(length);
      }
    }
  }
  return [leftAfter.done(), rightAfter.done()];
}

/** Whether two deltas do the same, however they are cut. */
export function sameDelta(a: readonly DeltaOp[], b: readonly DeltaOp[]): boolean {
  const [left, right] = [toSplices(a), toSplices(b)];
  return (
    left.length === right.length &&
    left.every((splice, i) => {
      const other = right[i];
      return (
        splice.at === other?.at && splice.delete === other.delete && splice.insert === other.insert
      );
    })
  );
}

/** Appends operations, merges neighbours of one kind, ends without a retain. */
class DeltaBuilder {
  readonly #ops: DeltaOp[] = [];

  retain(length: number): this {
    const last = this.#ops.at(-1);
    if (length <= 0) return this;
    if (last !== undefined && 'retain' in last) last.retain += length;
    else this.#ops.push({ retain: length });
    return this;
  }

  insert(text: string): this {
    const last = this.#ops.at(-1);
    if (text === '') return this;
    if (last !== undefined && 'insert' in last) last.insert += text;
    else this.#ops.push({ insert: text });
    return this;
  }

  delete(length: number): this {
    const last = this.#ops.at(-1);
    if (length <= 0) return this;
    if (last !== undefined && 'delete' in last) last.delete += length;
    else this.#ops.push({ delete: length });
    return this;
  }

  done(): DeltaOp[] {
    const last = this.#ops.at(-1);
    if (last !== undefined && 'retain' in last) this.#ops.pop();
    return this.#ops;
  }
}

/** Reads a delta in pieces; behind its end it retains for ever. */
class Cursor {
  readonly #ops: readonly DeltaOp[];
  #index = 0;
  #used = 0;

  constructor(ops: readonly DeltaOp[]) {
    this.#ops = ops;
  }

  get atEnd(): boolean {
    return this.#index >= this.#ops.length;
  }

  get insert(): string | undefined {
    const op = this.#ops[this.#index];
    return op !== undefined && 'insert' in op ? op.insert : undefined;
  }

  get isDelete(): boolean {
    const op = this.#ops[this.#index];
    return op !== undefined && 'delete' in op;
  }

  /** What is left of the current retain or delete. */
  get rest(): number {
    const op = this.#ops[this.#index];
    if (op === undefined || 'insert' in op) return Infinity;
    return ('retain' in op ? op.retain : op.delete) - this.#used;
  }

  takeInsert(): string {
    const text = this.insert ?? '';
    this.#index += 1;
    return text;
  }

  take(length: number): void {
    if (this.atEnd) return;
    this.#used += length;
    if (this.rest <= 0) {
      this.#index += 1;
      this.#used = 0;
    }
  }
}
