/** The pad's icons: 20 by 20, drawn in strokes of the text's colour. Decoration only. */

const PATHS = {
  link: 'M8.5 11.5a3 3 0 0 0 4.3.2l2.4-2.4a3 3 0 0 0-4.2-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3-.2l-2.4 2.4a3 3 0 0 0 4.2 4.3l1-1',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  plus: 'M10 4.5v11M4.5 10h11',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  sun: 'M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M10 2.5v1.2M10 16.3v1.2M2.5 10h1.2M16.3 10h1.2M4.7 4.7l.85.85M14.45 14.45l.85.85M4.7 15.3l.85-.85M14.45 5.55l.85-.85',
  moon: 'M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8',
  screen: 'M3.5 4.5h13v8.5h-13zM7.5 16h5',
  pencil: 'M4 16l.8-3.3 8.3-8.3 2.5 2.5-8.3 8.3z',
  trash: 'M4.5 6h11M8 6V4.5h4V6M6 6l.7 9.5h6.6L14 6',
  restore: 'M4.5 9a5.8 5.8 0 1 1 1 4.5M4.5 5v4h4',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  alert: 'M10 3.5l7 12.5H3zM10 8.5v3.5M10 14.2v.01',
  chat: 'M4 4.5h12v9H9l-3.5 3v-3H4z',
  copy: 'M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3',
  reply: 'M8 5L4 9l4 4M4.5 9H11a5 5 0 0 1 5 5v1',
  smile: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M7.2 11.8a3.6 3.6 0 0 0 5.6 0M7.8 8.2v.01M12.2 8.2v.01',
  send: 'M4 10l12-5.5-4.5 11.5-2-4.5zM9.5 11.5L16 4.5',
  caret: 'M6.5 8.5L10 12l3.5-3.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="glyph" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
