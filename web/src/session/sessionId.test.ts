import { expect, test } from 'vitest';
import { isSessionId, newSessionId, SESSION_ID_LEN_MAX } from './sessionId';
import { ADJECTIVES, ANIMALS, COLOURS_AND_MATERIALS } from './words';

test('new_ids_are_readable_and_allowed', () => {
  for (let round = 0; round < 500; round += 1) {
    const id = newSessionId();
    expect(id).toMatch(/^[a-z]+-[a-z]+-[a-z]+-[1-9]\d{3}$/);
    expect(isSessionId(id)).toBe(true);
  }
});

test('randomness_is_rejected_where_it_would_favour_some_words', () => {
  const given = [2 ** 32 - 1, 0, 0, 0, 2 ** 32 - 1, 5];
  const id = newSessionId((cell) => {
    cell[0] = given.shift() ?? 0;
  });
  expect(id).toBe(`${ADJECTIVES[127]}-${COLOURS_AND_MATERIALS[0]}-${ANIMALS[0]}-1000`);
});

test('each_list_has_128_different_words', () => {
  for (const list of [ADJECTIVES, COLOURS_AND_MATERIALS, ANIMALS]) {
    expect(list).toHaveLength(128);
    expect(new Set(list).size).toBe(128);
  }
});

test.each(['a', 'A-Z_09.~', 'interview-2026.11', 'x'.repeat(SESSION_ID_LEN_MAX)])('%s_is_allowed', (id) => {
  expect(isSessionId(id)).toBe(true);
});

test.each(['', '.', '..', 'a b', 'a/b', '<script>', 'ä', 'a%20', 'a\n', 'x'.repeat(65)])('%j_is_refused', (id) => {
  expect(isSessionId(id)).toBe(false);
});
