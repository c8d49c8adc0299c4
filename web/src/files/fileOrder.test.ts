import type { FileInfo } from 'collab-wasm';
import { expect, test } from 'vitest';
import { orderAfterMove } from './fileOrder';

const files: FileInfo[] = [0, 1, 2].map((order) => ({ id: `f${order}`, name: '', language: '', order }));

test('a_file_moves_between_its_new_neighbours', () => {
  expect(orderAfterMove(files, 0, 1)).toBe(1.5);
  expect(orderAfterMove(files, 2, -1)).toBe(0.5);
});

test('a_file_moves_to_either_end', () => {
  expect(orderAfterMove(files, 1, 1)).toBe(3);
  expect(orderAfterMove(files, 1, -1)).toBe(-1);
});

test('beyond_the_ends_there_is_no_place', () => {
  expect(orderAfterMove(files, 0, -1)).toBeNull();
  expect(orderAfterMove(files, 2, 1)).toBeNull();
});
