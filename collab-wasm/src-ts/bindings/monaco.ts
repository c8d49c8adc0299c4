/**
 * Monaco as an editor of one file: text both ways with `\n` line breaks, the room's undo behind
 * Monaco's commands, remote cursors, read-only where the grant is.
 */
import type * as Monaco from 'monaco-editor';
import { mapOffset, toSplices } from '../delta.js';
import type { Binding, DeltaOp, Origin, Room, Splice, TextFile } from '../types.js';
import { endOfChange } from './caret.js';
import { oncePerFrame } from './cursors.js';
import { replacement } from './difference.js';
import { MonacoCursors, type MonacoApi } from './monaco-cursors.js';
import { TextLink, type EditorText } from './text-link.js';
import { replaceUndo } from './monaco-undo.js';

type Editor = Monaco.editor.IStandaloneCodeEditor;
type Model = Monaco.editor.ITextModel;

/**
 * Shows the file in the editor's current model and writes what is typed there, until disposed.
 * What the model held before is replaced. A read-only grant and a refusal make the editor read-only.
 */
export function bindMonaco(room: Room, fileId: string, editor: Editor, monaco: MonacoApi): Binding {
  const model = editor.getModel();
  if (model === null) throw new Error('bindMonaco: the editor has no model');
  return new MonacoBinding(room, room.files.open(fileId), editor, model, monaco);
}

class MonacoBinding implements Binding, EditorText {
  readonly #room: Room;
  readonly #file: TextFile;
  readonly #editor: Editor;
  readonly #model: Model;
  readonly #monaco: MonacoApi;
  readonly #link: TextLink;
  readonly #cursors: MonacoCursors;
  readonly #stops: (() => void)[] = [];
  /** Others see it at most twenty times a second. */
  readonly #tellCursorSoon = oncePerFrame(() => this.#tellCursor());
  /** We are changing the model ourselves. */
  #applying = false;
  #disposed = false;

  constructor(room: Room, file: TextFile, editor: Editor, model: Model, monaco: MonacoApi) {
    this.#room = room;
    this.#file = file;
    this.#editor = editor;
    this.#model = model;
    this.#monaco = monaco;
    this.#forceLf();
    this.#link = new TextLink(file, this);
    this.#link.resync();
    this.#cursors = new MonacoCursors(room, file, editor, model, monaco, this.#link);
    this.#stops.push(() => this.#cursors.dispose(), replaceUndo(model, room, file, this.#link));
    this.#listen();
    this.#followGrant();
  }

  read(): string {
    return this.#model.getValue();
  }

  get length(): number {
    return this.#model.getValueLength();
  }

  apply(delta: DeltaOp[], origin: Origin): void {
    const [model, editor] = [this.#model, this.#editor];
    const shown = editor.getModel() === model;
    const selections = shown ? (editor.getSelections() ?? []) : [];
    const offsets = selections.map((selection) => this.#toOffsets(selection));
    const edits = toSplices(delta).map((splice) => this.#toEdit(splice));
    const anchor = shown ? this.#viewAnchor() : undefined;
    this.#applying = true;
    try {
      // Not on Monaco's undo stack: that one is never used.
      model.applyEdits(edits);
    } finally {
      this.#applying = false;
    }
    if (!shown) return;
    if (origin === 'undo' && editor.hasTextFocus()) this.#showChange(delta);
    else {
      this.#restore(
        offsets.map(([start, end]) => [mapOffset(delta, start), mapOffset(delta, end)]),
      );
      anchor?.(delta);
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#link.dispose();
    this.#stops.forEach((stop) => stop());
  }

  #listen(): void {
    const [editor, model] = [this.#editor, this.#model];
    const disposables = [
      model.onDidChangeContent((event) => this.#changed(event)),
      model.onWillDispose(() => this.dispose()),
      editor.onDidCompositionStart(() => this.#link.hold()),
      editor.onDidCompositionEnd(() => this.#link.release()),
      editor.onDidChangeCursorSelection(() => this.#tellCursorSoon()),
      editor.onDidFocusEditorText(() => this.#tellCursorSoon()),
    ];
    this.#stops.push(() => disposables.forEach((disposable) => disposable.dispose()));
    this.#stops.push(this.#room.on('closed', () => this.dispose()));
  }

  #changed(event: Monaco.editor.IModelContentChangedEvent): void {
    if (this.#applying || this.#disposed) return;
    if (event.isEolChange || this.#model.getEOL() !== '\n') this.#forceLf();
    if (event.isFlush || event.isEolChange) {
      const splice = replacement(this.#file.text, this.read());
      if (splice !== undefined) this.#link.local([splice]);
      return;
    }
    // All ranges refer to the text before; Monaco reports the last one first.
    const splices = event.changes.map(({ rangeOffset, rangeLength, text }): Splice => ({
      at: rangeOffset,
      delete: rangeLength,
      insert: text.replaceAll('\r\n', '\n'),
    }));
    this.#link.local(splices.reverse().sort((a, b) => a.at - b.at));
  }

  #forceLf(): void {
    this.#applying = true;
    this.#model.setEOL(this.#monaco.editor.EndOfLineSequence.LF);
    this.#applying = false;
  }

  #toEdit(splice: Splice): Monaco.editor.IIdentifiedSingleEditOperation {
    return { range: this.#toRange(splice.at, splice.at + splice.delete), text: splice.insert };
  }

  #toRange(start: number, end: number): Monaco.Range {
    const model = this.#model;
    return this.#monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  }

  #toOffsets(selection: Monaco.Selection): [anchor: number, head: number] {
    return [
      this.#model.getOffsetAt(selection.getSelectionStart()),
      this.#model.getOffsetAt(selection.getPosition()),
    ];
  }

  /** Monaco moves selections itself, but widens them by what is inserted at their edge. */
  #restore(offsets: [number, number][]): void {
    const { Selection } = this.#monaco;
    const wanted = offsets.map(([anchor, head]) => {
      const range = [this.#model.getPositionAt(anchor), this.#model.getPositionAt(head)] as const;
      return Selection.fromPositions(...range);
    });
    const now = this.#editor.getSelections() ?? [];
    const same = wanted.length === now.length && wanted.every((s, i) => s.equalsSelection(now[i]!));
    if (!same && wanted.length > 0) this.#editor.setSelections(wanted, 'collab');
  }

  #showChange(delta: DeltaOp[]): void {
    const position = this.#model.getPositionAt(endOfChange(delta));
    this.#editor.setPosition(position, 'collab');
    this.#editor.revealPositionInCenterIfOutsideViewport(position);
  }

  /** Keeps the lines on the screen where they are when others change lines above them. */
  #viewAnchor(): ((delta: DeltaOp[]) => void) | undefined {
    const editor = this.#editor;
    const line = editor.getVisibleRanges()[0]?.startLineNumber;
    if (line === undefined || line === 1) return undefined;
    const offset = this.#model.getOffsetAt({ lineNumber: line, column: 1 });
    const gap = editor.getScrollTop() - editor.getTopForLineNumber(line);
    return (delta) => {
      const now = this.#model.getPositionAt(mapOffset(delta, offset)).lineNumber;
      if (now !== line) editor.setScrollTop(editor.getTopForLineNumber(now) + gap);
    };
  }

  #tellCursor(): void {
    if (this.#disposed) return;
    const selection = this.#editor.getSelection();
    const shown = this.#editor.getModel() === this.#model;
    if (selection === null || !shown || this.#applying || this.#link.isHolding) return;
    // While the room's text is ahead of the editor's, offsets mean something else there.
    if (this.length !== this.#file.length) return;
    const [anchor, head] = this.#toOffsets(selection);
    this.#room.presence.setCursor(this.#file.id, anchor, head);
  }

  #followGrant(): void {
    const editor = this.#editor;
    const before = editor.getOption(this.#monaco.editor.EditorOption.readOnly);
    const follow = (): void => {
      const { canWrite, phase } = this.#room.status;
      editor.updateOptions({ readOnly: before || !canWrite || phase === 'refused' });
    };
    follow();
    this.#stops.push(this.#room.on('status', follow), () =>
      editor.updateOptions({ readOnly: before }),
    );
  }
}
