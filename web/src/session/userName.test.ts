import { expect, test } from 'vitest';
import { cleanUserName, USER_NAME_LEN_MAX } from './userName';

test('spaces_are_joined_and_trimmed', () => {
  expect(cleanUserName('  Ada \t\n Lovelace ')).toBe('Ada Lovelace');
});

test('long_names_are_cut_between_characters', () => {
  const name = cleanUserName('🦦'.repeat(100));
  expect([...name]).toHaveLength(USER_NAME_LEN_MAX);
  expect(name.endsWith('🦦')).toBe(true);
});

test('invisible_characters_cannot_disguise_a_name', () => {
  expect(cleanUserName('\u202eadA\u200b\u0007')).toBe('adA');
  expect(cleanUserName('\u200b\u2066')).toBe('');
});

test('markup_stays_text', () => {
  expect(cleanUserName('<b>Ada</b>')).toBe('<b>Ada</b>');
});
