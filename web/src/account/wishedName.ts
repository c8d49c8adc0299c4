/**
 * From what somebody calls themselves in the pad to what an account may be called: 2 to 24 of
 * `[A-Za-z0-9_.-]`, a letter or a digit at both ends, and nobody else's (collab-rooms/README.md).
 */

const NAME_MAX = 24;
const NAME_MIN = 2;

/** The account name that comes closest, or `null` if nothing is left of it. */
export function wishedName(shown: string): string | null {
  const plain = shown.normalize('NFKD').replace(/\p{Mark}/gu, '');
  const allowed = plain.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[_.-]+/, '');
  const name = allowed.slice(0, NAME_MAX).replace(/[_.-]+$/, '');
  return name.length < NAME_MIN ? null : name;
}

/** The name with a number behind it, for the second person of that name. `random` is in [0, 1). */
export function numbered(name: string, random: number): string {
  const number = 100 + Math.floor(random * 900);
  return `${name.slice(0, NAME_MAX - 4).replace(/[_.-]+$/, '')}-${number}`;
}

/** Whether an account that is called `name` is called as was wished, a number aside. */
export function isCalled(name: string, wish: string): boolean {
  const isNumbered = /[0-9]{3}$/.test(name) && name.slice(0, -3) === numbered(wish, 0).slice(0, -3);
  return name === wish || isNumbered;
}
