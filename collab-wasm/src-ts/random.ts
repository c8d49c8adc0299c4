/** Randomness for the client, which draws none itself. */

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/**
 * A Yjs client ID, new for each page load: two tabs never share one. 42 bits take six bytes on the
 * wire; among 10,000 of them two are equal once in 90,000 rooms.
 */
export function randomClientId(): number {
  return randomBelow(2 ** 42 - 2 ** 31) + 2 ** 31;
}

/** A whole number from 0 to `end` - 1, for an `end` of at most 2^53. */
export function randomBelow(end: number): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const bits53 = (high & 0x1f_ffff) * 2 ** 32 + low;
  return bits53 % end;
}
