/** New order numbers for a file that moves. Orders are fractions, so only the moved file changes. */
import type { FileInfo } from 'collab-wasm';

/** The order that puts the file at `at` one step to the left or right; `null` at the end. */
export function orderAfterMove(files: readonly FileInfo[], at: number, steps: -1 | 1): number | null {
  const neighbour = files[at + steps];
  if (files[at] === undefined || neighbour === undefined) return null;
  const beyond = files[at + 2 * steps];
  return beyond === undefined ? neighbour.order + steps : (neighbour.order + beyond.order) / 2;
}
