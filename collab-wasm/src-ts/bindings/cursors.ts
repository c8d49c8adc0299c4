/** Other people's cursors in one file, and when to draw them again. */
import type { Person, Room, TextFile } from '../types.js';

/** Somebody else's cursor or selection; offsets lie within the text. */
export interface RemoteCursor {
  client: number;
  name: string;
  color: string;
  colorLight: string;
  anchor: number;
  head: number;
}

/** Others who have a cursor in `file` now. `length` is that of the text on the screen. */
export function remoteCursors(room: Room, file: string, length: number): RemoteCursor[] {
  return room.presence.list().flatMap((person) => toCursor(person, file, length));
}

function toCursor(person: Person, file: string, length: number): RemoteCursor[] {
  const { client, self, name, color, colorLight, cursor } = person;
  if (self || cursor === null || person.file !== file) return [];
  const [anchor, head] = [Math.min(cursor.anchor, length), Math.min(cursor.head, length)];
  return [
    { client, name, color: safeColor(color), colorLight: safeColor(colorLight), anchor, head },
  ];
}

/** Colours reach style attributes and rules, so whatever `Room` this is, they are checked here. */
function safeColor(color: string): string {
  return /^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(color) ? color : '#808080';
}

/** Calls `draw` soon after cursors or the text have moved, once for many moves. */
export function followCursors(room: Room, file: TextFile, draw: () => void): () => void {
  let stopped = false;
  const schedule = oncePerFrame(() => stopped || draw());
  const stop = (): void => {
    stopped = true;
    stops.forEach((each) => each());
  };
  const stops = [room.on('presence', schedule), file.onDelta(schedule), room.on('closed', stop)];
  schedule();
  return stop;
}

/** What calls `run` in the next frame, once however often it was called before that. */
export function oncePerFrame(run: () => unknown): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    nextFrame(() => {
      scheduled = false;
      run();
    });
  };
}

function nextFrame(callback: () => void): void {
  if (globalThis.requestAnimationFrame === undefined) setTimeout(callback, 0);
  else requestAnimationFrame(callback);
}

/** A caret with a name on it. The name comes from others, so it is only ever text. */
export function caretElement(page: Document, cursor: RemoteCursor): HTMLElement {
  const caret = page.createElement('span');
  caret.className = 'collab-caret';
  caret.style.backgroundColor = cursor.color;
  caret.setAttribute('aria-hidden', 'true');
  const label = page.createElement('span');
  label.className = 'collab-caret-name';
  label.style.backgroundColor = cursor.color;
  label.style.color = textColorOn(cursor.color);
  label.textContent = cursor.name;
  caret.append(label);
  return caret;
}

/** Black or white, whichever is easier to read on `color` (WCAG relative luminance). */
export function textColorOn(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  // Where contrast with black and with white are equal.
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}

/** Rules for `caretElement`, the same in every editor; names as in a style sheet. */
export const CARET_RULES: Record<string, Record<string, string>> = {
  '.collab-caret': {
    position: 'relative',
    display: 'inline-block',
    width: '2px',
    height: '1.2em',
    margin: '0 -2px 0 0',
    'vertical-align': 'text-bottom',
    'pointer-events': 'none',
  },
  '.collab-caret-name': {
    position: 'absolute',
    bottom: '100%',
    left: '0',
    padding: '0 4px',
    'max-width': '16em',
    overflow: 'hidden',
    'text-overflow': 'ellipsis',
    'white-space': 'nowrap',
    font: '600 11px/16px sans-serif',
    'border-radius': '3px 3px 3px 0',
    'z-index': '5',
    opacity: '0',
    transition: 'opacity 0.15s',
  },
  '.collab-moved .collab-caret-name': { opacity: '1' },
  // There is no space above the first line.
  '.collab-first-line .collab-caret-name': { bottom: 'auto', top: '100%' },
};

/** The rules as text. */
export function toCss(rules: typeof CARET_RULES): string {
  return Object.entries(rules)
    .map(([selector, rule]) => {
      const body = Object.entries(rule).map(([name, value]) => `${name}: ${value};`);
      return `${selector} { ${body.join(' ')} }\n`;
    })
    .join('');
}
