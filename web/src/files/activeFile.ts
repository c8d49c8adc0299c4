/** Which file is shown next when the shown one is gone. */
import type { FileInfo } from 'collab-wasm';

/** `wanted` if it exists; else its neighbour in the list as it was before; else the first; else none. */
export function activeFile(
  wanted: string | null,
  before: readonly FileInfo[],
  now: readonly FileInfo[],
): FileInfo | null {
  const exists = (id: string): FileInfo | undefined => now.find((file) => file.id === id);
  const found = wanted === null ? undefined : exists(wanted);
  if (found !== undefined) return found;
  const at = before.findIndex((file) => file.id === wanted);
  const neighbours = at < 0 ? [] : [...before.slice(at + 1), ...before.slice(0, at).reverse()];
  const next = neighbours.map((file) => exists(file.id)).find((file) => file !== undefined);
  return next ?? now[0] ?? null;
}
