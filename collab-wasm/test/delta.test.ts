/** Deltas: two changes moved past each other end in one text, offsets follow their characters. */
import { expect, test } from 'vitest';
import { applyDelta, cross, mapOffset, sameDelta, toDelta, toSplices } from '../src-ts/delta.js';
import { difference, replacement } from '../src-ts/bindings/difference.js';
import type { Splice } from '../src-ts/index.js';

/** Mulberry32: small, and the same everywhere. */
function random(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % end;
  };
}

function randomSplices(below: (end: number) => number, length: number): Splice[] {
  const splices: Splice[] = [];
  for (let at = below(4); at <= length; at += 1 + below(6)) {
    const size = Math.min(below(4), length - at);
    splices.push({ at, delete: size, insert: 'xyz'.slice(0, below(4)) });
    at += size;
  }
  return splices;
}

test('crossed changes lead to one text, whoever comes first', () => {
  const below = random(7);
  for (let round = 0; round < 2_000; round += 1) {
    const text = 'abcdefghijklmnop'.slice(0, below(17));
    const [left, right] = [
      randomSplices(below, text.length),
      randomSplices(below, text.length),
    ].map(toDelta);
    const [leftAfter, rightAfter] = cross(left!, right!);
    const one = applyDelta(applyDelta(text, left!), rightAfter);
    expect(applyDelta(applyDelta(text, right!), leftAfter), `round ${round}`).toBe(one);
  }
});

test('splices and deltas say the same', () => {
  const below = random(8);
  for (let round = 0; round < 500; round += 1) {
    const delta = toDelta(randomSplices(below, 20));
    expect(toDelta(toSplices(delta))).toEqual(delta);
  }
});

test('text inserted at an offset goes behind it', () => {
  const delta = toDelta([
    { at: 2, delete: 0, insert: 'XX' },
    { at: 4, delete: 2, insert: 'Y' },
  ]);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((at) => mapOffset(delta, at))).toEqual([
    0, 1, 2, 5, 6, 7, 7, 8,
  ]);
});

test('a deletion and an insertion at one place compare equal in either order', () => {
  const [a, b] = [
    [{ retain: 1 }, { insert: 'x' }, { delete: 2 }],
    [{ retain: 1 }, { delete: 2 }, { insert: 'x' }, { retain: 5 }],
  ];
  expect(sameDelta(a!, b!)).toBe(true);
  expect(sameDelta(a!, [{ retain: 1 }, { insert: 'x' }])).toBe(false);
});

test('a difference is one replacement, and the caret says which', () => {
  expect(replacement('same', 'same')).toBeUndefined();
  expect(replacement('aaa', 'aaaa', 2)).toEqual({ at: 1, delete: 0, insert: 'a' });
  expect(replacement('hello world', 'hello brave world')).toEqual({
    at: 6,
    delete: 0,
    insert: 'brave ',
  });
  expect(replacement('abcabc', 'abc', 3)).toEqual({ at: 3, delete: 3, insert: '' });
});

test('a difference never cuts a surrogate pair, and leads to the text', () => {
  // The same high surrogate, then another low one; and the other way round.
  expect(replacement('😀', '😁')).toEqual({ at: 0, delete: 2, insert: '😁' });
  expect(replacement('\ud83d\ude00', '\ud83c\ude00')).toEqual({
    at: 0,
    delete: 2,
    insert: '\ud83c\ude00',
  });
  const below = random(9);
  const alphabet = ['a', 'b', '😀', '😁', '\n'];
  const word = (): string => Array.from({ length: below(8) }, () => alphabet[below(5)]).join('');
  for (let round = 0; round < 2_000; round += 1) {
    const [before, after] = [word(), word()];
    expect(applyDelta(before, difference(before, after)), `round ${round}`).toBe(after);
    const splice = replacement(before, after, below(after.length + 1));
    const result = splice === undefined ? before : applyDelta(before, toDelta([splice]));
    expect(result, `round ${round}`).toBe(after);
  }
});
