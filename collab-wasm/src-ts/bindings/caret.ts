/** Where a caret goes. */
import type { DeltaOp } from '../types.js';

/** Behind the last thing that a delta inserted or removed, in the text after it. */
export function endOfChange(delta: readonly DeltaOp[]): number {
  let position = 0;
  let end = 0;
  for (const op of delta) {
    if ('retain' in op) {
      position += op.retain;
      continue;
    }
    if ('insert' in op) position += op.insert.length;
    end = position;
  }
  return end;
}
