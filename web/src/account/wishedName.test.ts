import { expect, test } from 'vitest';
import { isCalled, numbered, wishedName } from './wishedName';

test('what_one_is_called_in_the_pad_becomes_a_name_for_an_account', () => {
  expect(wishedName('Ada')).toBe('Ada');
  expect(wishedName('José Núñez ')).toBe('Jose-Nunez');
  expect(wishedName('..Ada Lovelace, Countess of L.')).toBe('Ada-Lovelace-Countess-of');
  expect(wishedName('李')).toBeNull();
});

test('the_second_of_a_name_gets_a_number_and_keeps_it', () => {
  expect(numbered('Ada', 0)).toBe('Ada-100');
  expect(numbered('a'.repeat(24), 0.999)).toBe(`${'a'.repeat(20)}-999`);
  for (const name of ['Ada', 'a'.repeat(24), `${'a'.repeat(19)}.bcde`]) {
    expect(isCalled(numbered(name, 0.5), name)).toBe(true);
    expect(isCalled(name, name)).toBe(true);
  }
  expect(isCalled('sunny-eagle-840', 'Ada')).toBe(false);
  expect(isCalled('Adam-100', 'Ada')).toBe(false);
});
