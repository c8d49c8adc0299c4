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

/** How long a name stays beside a caret that moved. */
const NAME_SHOWN_MS = 2_000;

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
  readonly #draw: () => void;
  readonly #stop: () => void;
  /** Where each caret was drawn last, and until when its name shows. */
  #drawn = new Map<number, { head: number; nameUntil: number }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(room: Room, file: TextFile, view: EditorView) {
    this.#room = room;
    this.#file = file;
    this.#draw = () => view.dispatch({ annotations: redraw.of(true) });
    this.#stop = followCursors(room, file, this.#draw);
  }

  update(update: ViewUpdate): void {
    if (update.transactions.some((transaction) => transaction.annotation(redraw))) {
      const { length } = update.state.doc;
      const cursors = remoteCursors(this.#room, this.#file.id, length);
      const ranges = cursors.flatMap((cursor) => decorate(cursor, this.#showsName(cursor)));
      this.decorations = Decoration.set(ranges, true);
    } else if (update.docChanged) {
      // Until the next frame, when all offsets are asked for again.
      this.decorations = this.decorations.map(update.changes);
    }
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  #showsName({ client, head }: RemoteCursor): boolean {
    const now = Date.now();
    const before = this.#drawn.get(client);
    if (before?.head === head) return now < before.nameUntil;
    this.#drawn.set(client, { head, nameUntil: now + NAME_SHOWN_MS });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#draw, NAME_SHOWN_MS);
    return true;
  }
}

function decorate(cursor: RemoteCursor, named: boolean): Range<Decoration>[] {
  const [from, to] = [Math.min(cursor.anchor, cursor.head), Math.max(cursor.anchor, cursor.head)];
  const caret = Decoration.widget({ widget: new CaretWidget(cursor, named), side: 1 }).range(
    cursor.head,
  );
  if (from === to) return [caret];
  const attributes = { style: `background-color: ${cursor.colorLight}` };
  return [Decoration.mark({ attributes, class: 'collab-selection' }).range(from, to), caret];
}

class CaretWidget extends WidgetType {
  readonly #cursor: RemoteCursor;
  readonly #named: boolean;

  constructor(cursor: RemoteCursor, named: boolean) {
    super();
    this.#cursor = cursor;
    this.#named = named;
  }

  override eq(other: CaretWidget): boolean {
    const { client, name, color } = this.#cursor;
    const theirs = other.#cursor;
    const same = client === theirs.client && name === theirs.name && color === theirs.color;
    return same && this.#named === other.#named;
  }

  override toDOM(view: EditorView): HTMLElement {
    const caret = caretElement(view.dom.ownerDocument, this.#cursor);
    caret.classList.toggle('collab-moved', this.#named);
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const theme = EditorView.baseTheme(CARET_RULES);
