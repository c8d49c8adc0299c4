/**
 * A plain `<textarea>` as an editor of one file: changes are found by comparing the text before
 * and after an input event, selections survive remote changes, undo is the room's.
 */
import { applyDelta, mapOffset } from '../delta.js';
import type { Binding, DeltaOp, Origin, Room, TextFile } from '../types.js';
import { replacement } from './difference.js';
import { endOfChange } from './caret.js';
import { TextLink, type EditorText } from './text-link.js';
import { undoDirection } from './undo-keys.js';

/** Shows the file in `element` and writes what is typed there, until disposed. */
export function bindTextarea(room: Room, fileId: string, element: HTMLTextAreaElement): Binding {
  return new TextareaBinding(room, room.files.open(fileId), element);
}

class TextareaBinding implements Binding, EditorText {
  readonly #room: Room;
  readonly #file: TextFile;
  readonly #element: HTMLTextAreaElement;
  readonly #link: TextLink;
  readonly #stop = new AbortController();
  readonly #wasReadOnly: boolean;
  /** The element's text as the link knows it. */
  #text: string;

  constructor(room: Room, file: TextFile, element: HTMLTextAreaElement) {
    this.#room = room;
    this.#file = file;
    this.#element = element;
    this.#wasReadOnly = element.readOnly;
    this.#text = element.value;
    this.#link = new TextLink(file, this);
    this.#link.resync();
    this.#listen();
    this.#followGrant();
  }

  read(): string {
    return this.#text;
  }

  get length(): number {
    return this.#text.length;
  }

  apply(delta: DeltaOp[], origin: Origin): void {
    const element = this.#element;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = element;
    this.#text = applyDelta(this.#text, delta);
    element.value = this.#text;
    if (origin === 'undo' && this.#hasFocus) {
      const caret = endOfChange(delta);
      element.setSelectionRange(caret, caret);
    } else {
      const [start, end] = [mapOffset(delta, selectionStart), mapOffset(delta, selectionEnd)];
      element.setSelectionRange(start, end, selectionDirection);
    }
    element.scrollTop = scrollTop;
  }

  dispose(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#link.dispose();
    this.#element.readOnly = this.#wasReadOnly;
  }

  get #hasFocus(): boolean {
    return this.#element.ownerDocument.activeElement === this.#element;
  }

  #listen(): void {
    const { signal } = this.#stop;
    const [element, page] = [this.#element, this.#element.ownerDocument];
    element.addEventListener('input', () => this.#typed(), { signal });
    element.addEventListener('keydown', (event) => this.#undo(event, undoDirection(event)), {
      signal,
    });
    element.addEventListener('beforeinput', (event) => this.#beforeInput(event), { signal });
    element.addEventListener('compositionstart', () => this.#link.hold(), { signal });
    element.addEventListener('compositionend', () => this.#composed(), { signal });
    element.addEventListener('focus', () => this.#tellCursor(), { signal });
    page.addEventListener('selectionchange', () => this.#tellCursor(), { signal });
  }

  #typed(): void {
    const text = this.#element.value;
    const splice = replacement(this.#text, text, this.#element.selectionEnd);
    this.#text = text;
    if (splice !== undefined) this.#link.local([splice]);
    this.#tellCursor();
  }

  #composed(): void {
    this.#typed();
    this.#link.release();
    this.#tellCursor();
  }

  #beforeInput(event: InputEvent): void {
    if (event.inputType === 'historyUndo') this.#undo(event, 'undo');
    if (event.inputType === 'historyRedo') this.#undo(event, 'redo');
  }

  #undo(event: Event, direction: 'undo' | 'redo' | undefined): void {
    if (direction === undefined) return;
    event.preventDefault();
    if (this.#link.isHolding || !this.#room.status.canWrite) return;
    if (direction === 'undo') this.#file.undo();
    else this.#file.redo();
  }

  #tellCursor(): void {
    if (!this.#hasFocus || this.#link.isHolding || this.#text.length !== this.#file.length) return;
    const { selectionStart, selectionEnd, selectionDirection } = this.#element;
    const backward = selectionDirection === 'backward';
    const [anchor, head] = backward
      ? [selectionEnd, selectionStart]
      : [selectionStart, selectionEnd];
    this.#room.presence.setCursor(this.#file.id, anchor, head);
  }

  #followGrant(): void {
    const follow = (): void => {
      this.#element.readOnly = this.#wasReadOnly || !this.#room.status.canWrite;
    };
    follow();
    const stops = [this.#room.on('status', follow), this.#room.on('closed', () => this.dispose())];
    this.#stop.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
  }
}
