import type { FileInfo } from 'collab-wasm';
import { expect, test } from 'vitest';
import { activeFile } from './activeFile';

const file = (id: string): FileInfo => ({ id, name: id, language: '', order: 0 });
const ALL = ['a', 'b', 'c'].map(file);
const without = (id: string): FileInfo[] => ALL.filter((each) => each.id !== id);

test('the_wanted_file_is_shown_while_it_exists', () => {
  expect(activeFile('b', ALL, ALL)?.id).toBe('b');
});

test('at_first_the_first_file_is_shown', () => {
  expect(activeFile(null, [], ALL)?.id).toBe('a');
});

test('after_a_deletion_the_neighbour_follows', () => {
  expect(activeFile('b', ALL, without('b'))?.id).toBe('c');
  expect(activeFile('c', ALL, without('c'))?.id).toBe('b');
});

test('with_no_file_left_none_is_shown', () => {
  expect(activeFile('a', [file('a')], [])).toBeNull();
});
