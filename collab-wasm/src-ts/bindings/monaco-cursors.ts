/** Remote cursors and selections in Monaco. */
import type * as Monaco from 'monaco-editor';
import type { Room, TextFile } from '../types.js';
import { caretElement, followCursors, remoteCursors, type RemoteCursor } from './cursors.js';
import { CursorStyles } from './cursor-styles.js';
import type { TextLink } from './text-link.js';

/** What the bindings use of Monaco: the whole package fits, and so does `monaco-editor/editor`. */
export type MonacoApi = Pick<typeof Monaco, 'editor' | 'Range' | 'Selection'>;

/** How long a name stays beside a caret that moved. */
const NAME_SHOWN_MS = 2_000;

export class MonacoCursors {
  readonly #room: Room;
  readonly #file: TextFile;
  readonly #editor: Monaco.editor.ICodeEditor;
  readonly #model: Monaco.editor.ITextModel;
  readonly #monaco: MonacoApi;
  readonly #link: TextLink;
  readonly #selections: Monaco.editor.IEditorDecorationsCollection;
  readonly #carets = new Map<number, Caret>();
  readonly #styles: CursorStyles;
  readonly #stop: () => void;

  constructor(
    room: Room,
    file: TextFile,
    editor: Monaco.editor.ICodeEditor,
    model: Monaco.editor.ITextModel,
    monaco: MonacoApi,
    link: TextLink,
  ) {
    this.#room = room;
    this.#file = file;
    this.#editor = editor;
    this.#model = model;
    this.#monaco = monaco;
    this.#link = link;
    this.#selections = editor.createDecorationsCollection();
    this.#styles = new CursorStyles(editor.getContainerDomNode());
    this.#stop = followCursors(room, file, () => this.#draw());
  }

  dispose(): void {
    this.#stop();
    this.#selections.clear();
    for (const caret of this.#carets.values()) caret.remove();
    this.#carets.clear();
    this.#styles.dispose();
  }

  #draw(): void {
    // Offsets are the room's: they mean something only while the editor shows the same text.
    if (this.#link.isHolding || this.#editor.getModel() !== this.#model) return;
    const cursors = remoteCursors(this.#room, this.#file.id, this.#model.getValueLength());
    this.#styles.update(cursors);
    this.#selections.set(cursors.flatMap((cursor) => this.#selection(cursor)));
    for (const cursor of cursors) this.#drawCaret(cursor);
    const here = new Set(cursors.map(({ client }) => client));
    for (const [client, caret] of this.#carets) {
      if (here.has(client)) continue;
      caret.remove();
      this.#carets.delete(client);
    }
  }

  #selection(cursor: RemoteCursor): Monaco.editor.IModelDeltaDecoration[] {
    if (cursor.anchor === cursor.head) return [];
    const [anchor, head] = [cursor.anchor, cursor.head].map((at) => this.#model.getPositionAt(at));
    const { Range, editor } = this.#monaco;
    const range = Range.fromPositions(anchor!, head);
    const backward = cursor.anchor > cursor.head;
    const className = this.#styles.className(cursor.client);
    return [
      {
        range: backward ? Range.fromPositions(head!, anchor) : range,
        options: {
          className,
          stickiness: editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
        },
      },
    ];
  }

  #drawCaret(cursor: RemoteCursor): void {
    const position = this.#model.getPositionAt(cursor.head);
    const known = this.#carets.get(cursor.client);
    if (known?.shows(cursor)) {
      known.move(position);
      return;
    }
    known?.remove();
    this.#carets.set(cursor.client, new Caret(this.#editor, this.#monaco, cursor, position));
  }
}

/** One caret: a content widget of no width, so that Monaco places it and scrolls it. */
class Caret implements Monaco.editor.IContentWidget {
  readonly allowEditorOverflow = false;
  readonly suppressMouseDown = false;
  readonly #editor: Monaco.editor.ICodeEditor;
  readonly #cursor: RemoteCursor;
  readonly #exact: Monaco.editor.ContentWidgetPositionPreference;
  readonly #node: HTMLElement;
  readonly #caret: HTMLElement;
  #position: Monaco.IPosition;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    editor: Monaco.editor.ICodeEditor,
    monaco: MonacoApi,
    cursor: RemoteCursor,
    position: Monaco.IPosition,
  ) {
    this.#editor = editor;
    this.#cursor = cursor;
    this.#position = position;
    this.#exact = monaco.editor.ContentWidgetPositionPreference.EXACT;
    const page = editor.getContainerDomNode().ownerDocument;
    this.#caret = caretElement(page, cursor);
    this.#node = page.createElement('div');
    this.#node.append(this.#caret);
    this.#caret.style.height = `${editor.getOption(monaco.editor.EditorOption.lineHeight)}px`;
    editor.addContentWidget(this);
    this.#moved();
  }

  getId(): string {
    return `collab-caret-${this.#cursor.client}`;
  }

  getDomNode(): HTMLElement {
    return this.#node;
  }

  getPosition(): Monaco.editor.IContentWidgetPosition {
    return { position: this.#position, preference: [this.#exact] };
  }

  shows({ name, color }: RemoteCursor): boolean {
    return this.#cursor.name === name && this.#cursor.color === color;
  }

  move(position: Monaco.IPosition): void {
    const { lineNumber, column } = this.#position;
    const moved = position.lineNumber !== lineNumber || position.column !== column;
    this.#position = position;
    this.#editor.layoutContentWidget(this);
    if (moved) this.#moved();
  }

  remove(): void {
    clearTimeout(this.#timer);
    this.#editor.removeContentWidget(this);
  }

  /** Shows the name for a while. */
  #moved(): void {
    this.#caret.classList.toggle('collab-first-line', this.#position.lineNumber === 1);
    this.#caret.classList.add('collab-moved');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#caret.classList.remove('collab-moved'), NAME_SHOWN_MS);
  }
}
