/** Remote cursors and selections in CodeMirror. */
import { Annotation, RangeSet, type Extension, type Range } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  ViewPlugin,
  WidgetType,
  type DecorationSet,
  type PluginValue,
  type ViewUpdate,
} from '@codemirror/view';
import type { Room, TextFile } from '../types.js';
import {
  CARET_RULES,
  caretElement,
  followCursors,
  remoteCursors,
  type RemoteCursor,
} from './cursors.js';

const redraw = Annotation.define<boolean>();

export function cursorLayer(room: Room, file: TextFile): Extension {
  const plugin = ViewPlugin.define((view) => new CursorLayer(room, file, view), {
    decorations: (layer) => layer.decorations,
  });
  return [plugin, theme];
}

class CursorLayer implements PluginValue {
  decorations: DecorationSet = RangeSet.empty;
  readonly #room: Room;
  readonly #file: TextFile;
  readonly #stop: () => void;

  constructor(room: Room, file: TextFile, view: EditorView) {
    this.#room = room;
    this.#file = file;
    this.#stop = followCursors(room, file, () => view.dispatch({ annotations: redraw.of(true) }));
  }

  update(update: ViewUpdate): void {
    if (update.transactions.some((transaction) => transaction.annotation(redraw))) {
      const { length } = update.state.doc;
      const cursors = remoteCursors(this.#room, this.#file.id, length);
      this.decorations = Decoration.set(cursors.flatMap(decorate), true);
    } else if (update.docChanged) {
      this.decorations = this.decorations.map(update.changes);
    }
  }

  destroy(): void {
    this.#stop();
  }
}

function decorate(cursor: RemoteCursor): Range<Decoration>[] {
  const [from, to] = [Math.min(cursor.anchor, cursor.head), Math.max(cursor.anchor, cursor.head)];
  const caret = Decoration.widget({ widget: new CaretWidget(cursor), side: 1 }).range(cursor.head);
  if (from === to) return [caret];
  const attributes = { style: `background-color: ${cursor.colorLight}` };
  return [Decoration.mark({ attributes, class: 'collab-selection' }).range(from, to), caret];
}

class CaretWidget extends WidgetType {
  readonly #cursor: RemoteCursor;

  constructor(cursor: RemoteCursor) {
    super();
    this.#cursor = cursor;
  }

  override eq(other: CaretWidget): boolean {
    const { client, name, color } = this.#cursor;
    const theirs = other.#cursor;
    return client === theirs.client && name === theirs.name && color === theirs.color;
  }

  override toDOM(view: EditorView): HTMLElement {
    return caretElement(view.dom.ownerDocument, this.#cursor);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const theme = EditorView.baseTheme(CARET_RULES);
