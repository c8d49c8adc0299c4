/**
 * Keeps a text of the room and the text of some editor equal, whatever the editor is. The bindings
 * for Monaco, CodeMirror and `<textarea>` bring only an `EditorText`.
 */
import { cross, sameDelta, toDelta, toSplices } from '../delta.js';
import { difference } from './difference.js';
import type { DeltaOp, Origin, Splice, TextFile } from '../types.js';

/** An editor's text, with `\n` line breaks. */
export interface EditorText {
  read(): string;
  readonly length: number;
  /** Changes the text without reporting it back as a local change. */
  apply(delta: DeltaOp[], origin: Origin): void;
}

export class TextLink {
  readonly #file: TextFile;
  readonly #editor: EditorText;
  readonly #stop: () => void;
  /** Remote changes that the editor must not see yet, each relative to the one before. */
  #held: { delta: DeltaOp[]; origin: Origin }[] | undefined;
  /** What our own edit did to the room's text, heard while it runs. */
  #echo: DeltaOp[] | undefined;
  /** The texts differ, and the editor must not be changed now. */
  #stale = false;
  #disposed = false;

  constructor(file: TextFile, editor: EditorText) {
    this.#file = file;
    this.#editor = editor;
    this.#stop = file.onDelta((delta, origin, source) => this.#heard(delta, origin, source));
  }

  /** Makes the editor show the room's text; once it may be changed again. */
  resync(): void {
    if (this.#disposed) return;
    this.#stale = this.#held !== undefined;
    if (this.#stale) return;
    const delta = difference(this.#editor.read(), this.#file.text);
    if (delta.length > 0) this.#editor.apply(delta, 'remote');
  }

  /** The user changed the editor's text by `splices`, relative to the text before. */
  local(splices: Splice[]): void {
    if (this.#disposed || splices.length === 0) return;
    const own = toDelta(splices);
    const room = this.#pastHeld(own);
    this.#echo = undefined;
    try {
      this.#file.edit(toSplices(room), this);
    } catch {
      // Read-only, out of range, or the room failed: its text is the truth.
      this.#resyncSoon();
      return;
    }
    // The room may have done something else, such as keeping a surrogate pair whole.
    const same = this.#echo !== undefined && sameDelta(this.#echo, room);
    if (!same || (this.#held === undefined && this.#file.length !== this.#editor.length)) {
      this.#resyncSoon();
    }
  }

  /** Keeps remote changes away from the editor, while an input method composes text in it. */
  hold(): void {
    this.#held ??= [];
  }

  /** Shows what was held back. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined || this.#disposed) return;
    if (this.#stale) this.resync();
    else for (const { delta, origin } of held) this.#editor.apply(delta, origin);
  }

  /** Whether the editor's text lacks remote changes, so that offsets differ from the room's. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  #heard(delta: DeltaOp[], origin: Origin, source: unknown): void {
    if (this.#disposed) return;
    if (source === this && origin === 'local') this.#echo = delta;
    else if (this.#held !== undefined) this.#held.push({ delta, origin });
    else this.#editor.apply(delta, origin);
  }

  /** Moves a change of the editor's text behind what is held, and what is held behind it. */
  #pastHeld(own: DeltaOp[]): DeltaOp[] {
    let moved = own;
    for (const entry of this.#held ?? []) {
      const [ownAfter, heldAfter] = cross(moved, entry.delta);
      moved = ownAfter;
      entry.delta = heldAfter;
    }
    return moved;
  }

  /** Not at once: most editors cannot be changed while they report a change. */
  #resyncSoon(): void {
    queueMicrotask(() => this.resync());
  }
}
