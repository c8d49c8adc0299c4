import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrast, inkOn } from './contrast';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
);

const TEXT: [string, string][] = [
  ...['paper', 'panel', 'raised', 'hover'].map((ground): [string, string] => ['ink', ground]),
  ...['paper', 'panel', 'raised'].map((ground): [string, string] => ['muted', ground]),
  ...['paper', 'panel', 'raised', 'accent-soft'].map((ground): [string, string] => ['accent', ground]),
  ['on-accent', 'accent'],
  ['ink', 'accent-soft'],
  ['ink', 'warn-soft'],
  ['ink', 'danger-soft'],
  ['warn', 'warn-soft'],
  ['warn', 'panel'],
  ['danger', 'danger-soft'],
  ['danger', 'raised'],
];

for (const scheme of ['light', 'dark'] as const) {
  const color = (name: string): string => {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`no token --${name}`);
    return token[scheme];
  };

  test.each(TEXT)(`${scheme}: %s_reads_on_%s`, (ink, ground) => {
    expect(contrast(color(ink), color(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test(`${scheme}: outlines_of_controls_are_visible`, () => {
    expect(contrast(color('line-strong'), color('paper'))).toBeGreaterThanOrEqual(3);
    expect(contrast(color('accent'), color('paper'))).toBeGreaterThanOrEqual(3);
  });
}

test('black_on_white_has_the_highest_contrast', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});

test('ink_follows_the_ground', () => {
  expect(inkOn('#102030')).toBe('#ffffff');
  expect(inkOn('#ffe066')).toBe('#101413');
});
