/** One or two letters that stand for a name in an avatar. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.map((word) => [...word].find((character) => /[\p{L}\p{N}]/u.test(character)) ?? '');
  const chosen = letters.length > 2 ? [letters[0], letters.at(-1)] : letters;
  return chosen.join('').toLocaleUpperCase() || ([...name][0] ?? '?');
}
