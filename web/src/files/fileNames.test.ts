import { expect, test } from 'vitest';
import { cleanFileName, FILE_NAME_LEN_MAX, unusedName } from './fileNames';

test('names_are_trimmed_and_lose_control_characters', () => {
  expect(cleanFileName('  so\u0000lver.py\n')).toBe('solver.py');
  expect(cleanFileName(' \t ')).toBe('');
});

test('long_names_are_cut_between_characters', () => {
  expect(cleanFileName('x'.repeat(200))).toHaveLength(FILE_NAME_LEN_MAX);
  expect(cleanFileName(`${'x'.repeat(FILE_NAME_LEN_MAX - 1)}🦦`)).toBe('x'.repeat(FILE_NAME_LEN_MAX - 1));
});

test('new_files_get_a_name_that_nobody_uses', () => {
  expect(unusedName([], '.py')).toBe('untitled.py');
  expect(unusedName(['untitled.py', 'untitled-2.py'], '.py')).toBe('untitled-3.py');
});
