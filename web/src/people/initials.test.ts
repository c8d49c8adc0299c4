import { expect, test } from 'vitest';
import { initials } from './initials';

test.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['Juan Carlos de la Vega', 'JV'],
  ['grace-hopper', 'GH'],
  ['<b>Eve</b>', 'B'],
  ['李小龙', '李'],
  ['🦦', '🦦'],
  ['', '?'],
])('%j_becomes_%j', (name, expected) => {
  expect(initials(name)).toBe(expected);
});
