import { expect, test } from 'vitest';
import { LANGUAGES, languageByFileName, languageById, PLAIN_TEXT } from './languages';

test('every_language_has_an_id_of_its_own_and_an_extension', () => {
  expect(new Set(LANGUAGES.map((language) => language.id)).size).toBe(LANGUAGES.length);
  expect(LANGUAGES.every((language) => language.extensions.length > 0)).toBe(true);
});

test('no_extension_means_two_languages', () => {
  const all = LANGUAGES.flatMap((language) => language.extensions);
  expect(new Set(all).size).toBe(all.length);
});

test.each([
  ['solver.py', 'python'],
  ['Main.JAVA', 'java'],
  ['a.b.tsx', 'typescript'],
  ['style.css', 'css'],
  ['x.cs', 'csharp'],
  ['x.cc', 'cpp'],
])('%s_is_%s', (name, id) => {
  expect(languageByFileName(name)?.id).toBe(id);
});

test('names_without_a_known_extension_say_nothing', () => {
  expect(languageByFileName('README')).toBeNull();
  expect(languageByFileName('archive.zip')).toBeNull();
});

test('unknown_ids_are_plain_text', () => {
  expect(languageById('brainfuck')).toBe(PLAIN_TEXT);
  expect(languageById('')).toBe(PLAIN_TEXT);
});
