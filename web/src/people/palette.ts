/**
 * Colours of people. Each reads as text or ground with white (4.5:1) and shows as a cursor on the
 * paper of both themes (3:1): palette.test.ts checks. Others may bring any colour of their own.
 */

export const PALETTE: readonly string[] = [
  '#2b6fdb',
  '#c2500f',
  '#9150d8',
  '#0f8078',
  '#d6336c',
  '#6b7d12',
  '#6461e0',
  '#a16207',
  '#0e7c9b',
  '#b83fa8',
  '#2f8540',
  '#d23b3b',
];

/** Any colour that nobody has yet; with all taken, any. `random` is in `0..1`. */
export function freeColor(taken: readonly string[], random: number): string {
  const free = PALETTE.filter((color) => !taken.includes(color));
  const choice = free.length > 0 ? free : PALETTE;
  return choice[Math.floor(random * choice.length)] ?? '#2b6fdb';
}

interface Coloured {
  client: number;
  self: boolean;
  color: string;
}

/**
 * The colour to change to if somebody else has the same; `null` to keep one's own. Of two people
 * only the one with the higher client ID gives way, so that they do not chase each other.
 */
export function yieldedColor(people: readonly Coloured[], random: number): string | null {
  const me = people.find((person) => person.self);
  if (me === undefined || people.length > PALETTE.length) return null;
  const others = people.filter((person) => !person.self);
  const clash = others.some((other) => other.color === me.color && other.client < me.client);
  return clash ? freeColor(others.map((other) => other.color), random) : null;
}
