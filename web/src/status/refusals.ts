/** Why a relay refuses, in words for people. Codes: PROTOCOL section 6 and `ErrorCode`. */
import type { ErrorCode } from 'collab-wasm';

export interface Refusal {
  title: string;
  advice: string;
}

const UPDATE_ADVICE = 'Your latest edits stay in this browser only: copy what you need into a new session.';

const REFUSALS: Partial<Record<ErrorCode, Refusal>> = {
  unauthorized: { title: 'You are not signed in', advice: 'Open the link that you were given once more.' },
  forbidden: { title: 'You may not enter this session', advice: 'Ask the person who invited you for access.' },
  read_only: { title: 'You may only read here', advice: 'Ask the person who invited you for write access.' },
  update_too_large: { title: 'This edit is too large to be shared', advice: UPDATE_ADVICE },
  update_malformed: { title: 'The server could not read your edits', advice: UPDATE_ADVICE },
  update_unsafe: { title: 'The server considers your edits unsafe', advice: UPDATE_ADVICE },
  room_full: { title: 'This session is full', advice: 'Its text reached the limit. You can still read it.' },
  quarantined: {
    title: 'This session is closed for repair',
    advice: 'Its stored text failed a check. Please tell whoever runs this server.',
  },
  unsupported_version: { title: 'This page is older than the server', advice: 'Reload the page.' },
  malformed: { title: 'Page and server do not understand each other', advice: 'Reload the page.' },
  unexpected: { title: 'Page and server do not understand each other', advice: 'Reload the page.' },
  wasm_failed: {
    title: 'The editor could not be loaded',
    advice: 'Check your connection, then reload. Very old browsers cannot run it.',
  },
};

export function refusal(code: ErrorCode | undefined): Refusal {
  const known = code === undefined ? undefined : REFUSALS[code];
  return known ?? { title: 'The server refused the connection', advice: 'Try again, or start a new session.' };
}
