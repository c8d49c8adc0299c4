/** Names of files as people type them. The document's own limits are the same or wider. */

export const FILE_NAME_LEN_MAX = 64;

/** Trimmed, without control characters, cut between characters. May be empty: keep the old name. */
export function cleanFileName(raw: string): string {
  const text = raw.replace(/\p{Cc}/gu, '').trim();
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > FILE_NAME_LEN_MAX) break;
    kept += character;
  }
  return kept.trimEnd();
}

/** `untitled.py`, or `untitled-2.py` where that name exists, and so on. */
export function unusedName(taken: readonly string[], extension: string): string {
  for (let count = 1; ; count += 1) {
    const name = `untitled${count === 1 ? '' : `-${count}`}${extension}`;
    if (!taken.includes(name)) return name;
  }
}
