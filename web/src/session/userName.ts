/** People's names as they are shown: cleaned, limited, remembered in this browser. */

/** The same limit as in everybody's presence, see `UserInfo.name` of `collab-wasm`. */
export const USER_NAME_LEN_MAX = 40;

const STORAGE_KEY = 'collab.username';

/** Control characters, and marks that turn the direction of the text around a name. */
const INVISIBLE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Trims, joins runs of spaces, drops invisible characters, cuts between characters. May be empty. */
export function cleanUserName(raw: string): string {
  const text = raw.replace(/\s+/gu, ' ').replace(INVISIBLE, '').trim();
  return [...text].slice(0, USER_NAME_LEN_MAX).join('').trimEnd();
}

/** The name given last in this browser; empty if none, or if storage is blocked. */
export function rememberedUserName(): string {
  try {
    return cleanUserName(localStorage.getItem(STORAGE_KEY) ?? '');
  } catch {
    return '';
  }
}

export function rememberUserName(name: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, name);
  } catch {
    // Storage is blocked: the name lasts as long as the page.
  }
}
