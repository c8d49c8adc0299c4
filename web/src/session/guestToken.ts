/**
 * The secret by which an open relay knows this browser again: who has it is the author of what was
 * written with it (PROTOCOL section 7). It never leaves this browser but in the `hello` message.
 */

const STORAGE_KEY = 'collab.guest';
const BYTES = 16;

/** The remembered token, or a new one. Where storage is blocked each page load is a guest of its own. */
export function guestToken(): string {
  try {
    const known = localStorage.getItem(STORAGE_KEY);
    if (known !== null && known.length >= BYTES) return known;
    const token = randomToken();
    localStorage.setItem(STORAGE_KEY, token);
    return token;
  } catch {
    return randomToken();
  }
}

function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
