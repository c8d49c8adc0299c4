/**
 * CodeMirror 6 as an editor of one file: text both ways, the room's undo on the usual keys, remote
 * cursors, read-only where the grant is. Do not add `history()` beside it.
 */
import {
  Annotation,
  Compartment,
  EditorState,
  Prec,
  Transaction,
  type Extension,
} from '@codemirror/state';
import {
  EditorView,
  keymap,
  ViewPlugin,
  type PluginValue,
  type ViewUpdate,
} from '@codemirror/view';
import { toSplices } from '../delta.js';
import type { DeltaOp, Origin, Room, Splice, TextFile } from '../types.js';
import { endOfChange } from './caret.js';
import { cursorLayer } from './codemirror-cursors.js';
import { oncePerFrame } from './cursors.js';
import { TextLink, type EditorText } from './text-link.js';

/** Marks transactions that came from the room. */
const fromRoom = Annotation.define<boolean>();

/**
 * Shows the file in the view that it is added to and writes what is typed there. Give the state
 * `doc: room.files.open(fileId).text`; any other content is replaced once the view exists.
 */
export function collab(room: Room, fileId: string): Extension {
  const file = room.files.open(fileId);
  const grant = new Compartment();
  return [
    grant.of(EditorState.readOnly.of(!room.status.canWrite)),
    ViewPlugin.define((view) => new CodeMirrorBinding(room, file, view, grant)),
    cursorLayer(room, file),
    undoOf(room, file),
  ];
}

class CodeMirrorBinding implements PluginValue, EditorText {
  readonly #room: Room;
  readonly #file: TextFile;
  readonly #view: EditorView;
  readonly #link: TextLink;
  readonly #stops: (() => void)[];
  /** Others see it at most twenty times a second. */
  readonly #tellCursorSoon = oncePerFrame(() => this.#tellCursor());
  #destroyed = false;

  constructor(room: Room, file: TextFile, view: EditorView, grant: Compartment) {
    this.#room = room;
    this.#file = file;
    this.#view = view;
    this.#link = new TextLink(file, this);
    this.#stops = [this.#followGrant(grant), room.on('closed', () => this.destroy())];
    // A view cannot be changed while its plugins are being made.
    queueMicrotask(() => this.#destroyed || this.#link.resync());
  }

  read(): string {
    return this.#view.state.doc.toString();
  }

  get length(): number {
    return this.#view.state.doc.length;
  }

  apply(delta: DeltaOp[], origin: Origin): void {
    const changes = toSplices(delta).map(({ at, delete: length, insert }) => ({
      from: at,
      to: at + length,
      // As a string it would be split at the state's own line separator.
      insert: this.#view.state.toText(insert),
    }));
    const annotations = [
      fromRoom.of(true),
      Transaction.addToHistory.of(false),
      Transaction.remote.of(origin === 'remote'),
    ];
    if (origin === 'undo' && this.#view.hasFocus) {
      const selection = { anchor: endOfChange(delta) };
      this.#view.dispatch({ changes, annotations, selection, scrollIntoView: true });
    } else {
      this.#view.dispatch({ changes, annotations });
    }
  }

  update(update: ViewUpdate): void {
    if (this.#destroyed) return;
    for (const transaction of update.transactions) {
      const foreign = transaction.annotation(fromRoom) === true;
      if (transaction.docChanged && !foreign) this.#link.local(splicesOf(transaction));
    }
    if (update.selectionSet || update.docChanged || update.focusChanged) this.#tellCursorSoon();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#link.dispose();
    this.#stops.forEach((stop) => stop());
  }

  #tellCursor(): void {
    const { state, hasFocus } = this.#view;
    // While the room's text is ahead of the editor's, offsets mean something else there.
    if (this.#destroyed || !hasFocus || this.#file.length !== state.doc.length) return;
    const { anchor, head } = state.selection.main;
    this.#room.presence.setCursor(this.#file.id, anchor, head);
  }

  #followGrant(grant: Compartment): () => void {
    return this.#room.on('status', ({ canWrite }) => {
      if (this.#view.state.readOnly === !canWrite) return;
      this.#view.dispatch({ effects: grant.reconfigure(EditorState.readOnly.of(!canWrite)) });
    });
  }
}

function splicesOf(transaction: Transaction): Splice[] {
  const splices: Splice[] = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    splices.push({ at: from, delete: to - from, insert: inserted.toString() });
  });
  return splices;
}

function undoOf(room: Room, file: TextFile): Extension {
  let open = true;
  room.on('closed', () => (open = false));
  const run = (direction: 'undo' | 'redo') => (): boolean => {
    if (open && room.status.canWrite) file[direction]();
    // Handled either way: no other history may answer.
    return true;
  };
  const keys = keymap.of([
    { key: 'Mod-z', run: run('undo'), preventDefault: true },
    { key: 'Mod-y', mac: 'Mod-Shift-z', run: run('redo'), preventDefault: true },
    { linux: 'Ctrl-Shift-z', win: 'Ctrl-Shift-z', run: run('redo'), preventDefault: true },
  ]);
  const menu = EditorView.domEventHandlers({
    beforeinput(event) {
      if (event.inputType === 'historyUndo') return run('undo')();
      return event.inputType === 'historyRedo' && run('redo')();
    },
  });
  return [Prec.highest(keys), Prec.highest(menu)];
}
