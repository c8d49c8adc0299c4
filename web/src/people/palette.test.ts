import { expect, test } from 'vitest';
import { contrast } from '../styles/contrast';
import { freeColor, PALETTE, yieldedColor } from './palette';

const [FIRST = '', SECOND = ''] = PALETTE;

test.each(PALETTE)('%s_reads_with_white_and_shows_in_both_themes', (color) => {
  expect(contrast(color, '#ffffff')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(color, '#fbfaf7')).toBeGreaterThanOrEqual(3);
  expect(contrast(color, '#16191b')).toBeGreaterThanOrEqual(3);
});

test('taken_colours_are_avoided_while_any_is_free', () => {
  expect(freeColor(PALETTE.slice(0, -1), 0.5)).toBe(PALETTE.at(-1));
  expect(PALETTE).toContain(freeColor(PALETTE, 0.999));
});

test('of_two_people_with_one_colour_the_higher_client_gives_way', () => {
  const pair = (self: number) => [
    { client: 7, self: self === 7, color: FIRST },
    { client: 9, self: self === 9, color: FIRST },
  ];
  expect(yieldedColor(pair(7), 0)).toBeNull();
  expect(yieldedColor(pair(9), 0)).toBe(SECOND);
});

test('different_colours_stay', () => {
  const people = [
    { client: 7, self: false, color: FIRST },
    { client: 9, self: true, color: SECOND },
  ];
  expect(yieldedColor(people, 0)).toBeNull();
});
