/** Session IDs: which ones are allowed, and new readable ones such as `brave-copper-otter-4821`. */
import { ADJECTIVES, ANIMALS, COLOURS_AND_MATERIALS } from './words';

export const SESSION_ID_LEN_MAX = 64;

const ALLOWED = /^[A-Za-z0-9._~-]{1,64}$/;

/** Fills the array with randomness, as `crypto.getRandomValues` does. */
export type RandomSource = (array: Uint32Array<ArrayBuffer>) => void;

const cryptoRandom: RandomSource = (array) => void crypto.getRandomValues(array);

/** `.` and `..` are refused too: as a path segment of the relay's URL they would mean another room. */
export function isSessionId(value: string): boolean {
  return ALLOWED.test(value) && value !== '.' && value !== '..';
}

/**
 * Three words and a number, 34 bits: enough that two sessions never meet by chance and that nobody
 * guesses one in passing. Who may enter a room is for the relay's authorizer to say.
 */
export function newSessionId(random: RandomSource = cryptoRandom): string {
  const words = [ADJECTIVES, COLOURS_AND_MATERIALS, ANIMALS].map((list) => pick(list, random));
  return [...words, 1000 + below(9000, random)].join('-');
}

function pick(list: readonly string[], random: RandomSource): string {
  return list[below(list.length, random)] ?? '';
}

/** Uniform in `0..bound`; rejects the uneven rest of the 32-bit range. */
function below(bound: number, random: RandomSource): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  const cell = new Uint32Array(1);
  for (;;) {
    random(cell);
    const value = cell[0] ?? 0;
    if (value < limit) return value % bound;
  }
}
