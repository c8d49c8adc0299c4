/**
 * The page's address: `/?session_id=ID&username=NAME`. Reads it once at the start, writes it without
 * adding history entries, and makes the link that is given to others.
 */
import { isSessionId, newSessionId } from './sessionId';
import { cleanUserName } from './userName';

export type Landing =
  | { kind: 'session'; sessionId: string; created: boolean; userName: string }
  | { kind: 'invalid'; given: string };

/** What the address asks for. Without a session a new one; `userName` is empty if none was given. */
export function readLanding(search: string, createId: () => string = newSessionId): Landing {
  const parameters = new URLSearchParams(search);
  const userName = cleanUserName(parameters.get('username') ?? '');
  const given = (parameters.get('session_id') ?? '').trim();
  if (given === '') return { kind: 'session', sessionId: createId(), created: true, userName };
  if (!isSessionId(given)) return { kind: 'invalid', given };
  return { kind: 'session', sessionId: given, created: false, userName };
}

/** The address of a session, `base` being that of the page. Other parameters are kept. */
export function sessionHref(base: string, sessionId: string): string {
  const url = new URL(base);
  url.searchParams.set('session_id', sessionId);
  return url.href;
}

/** The link for others: the session and nothing about oneself. */
export function shareHref(base: string, sessionId: string): string {
  const url = new URL(base);
  url.search = '';
  url.hash = '';
  return sessionHref(url.href, sessionId);
}

/** After a change of name, an address that carries a name carries the new one. */
export function renamedHref(base: string, userName: string): string {
  const url = new URL(base);
  if (url.searchParams.has('username')) url.searchParams.set('username', userName);
  return url.href;
}

/** The relay's name for a session's room. */
export function roomName(sessionId: string): string {
  return `pad/${sessionId}`;
}
