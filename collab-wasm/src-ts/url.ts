/** Where a room lies: the address of PROTOCOL section 1 from a relay's URL and a room's name. */
import { CollabError } from './errors.js';

const ROOM_MAX_BYTES = 256;

/** `wss://host/sync/room` from `wss://host/sync` or `https://host`, and the room's name. */
export function roomUrl(url: string, room: string): string {
  const base = parse(url);
  if (base.protocol === 'http:' || base.protocol === 'https:') {
    base.protocol = base.protocol === 'http:' ? 'ws:' : 'wss:';
    if (!/\/sync\/?$/.test(base.pathname)) {
      base.pathname = `${base.pathname.replace(/\/$/, '')}/sync`;
    }
  }
  if (base.protocol !== 'ws:' && base.protocol !== 'wss:') {
    throw new CollabError('url_invalid', base.protocol);
  }
  base.hash = '';
  base.pathname = `${base.pathname.replace(/\/$/, '')}/${encodeRoom(room)}`;
  return base.href;
}

function parse(url: string): URL {
  const here = globalThis.location?.href;
  try {
    return here === undefined ? new URL(url) : new URL(url, here);
  } catch (cause) {
    throw new CollabError('url_invalid', url, { cause });
  }
}

function encodeRoom(room: string): string {
  const bytes = new TextEncoder().encode(room).length;
  const segments = room.split('/');
  // A URL parser swallows a lone dot segment even if its dots are percent-encoded.
  const unreachable = room === '.' || room === '..' || !isWellFormed(room);
  if (
    bytes < 1 ||
    bytes > ROOM_MAX_BYTES ||
    /[\u0000-\u001f\u007f-\u009f]/.test(room) ||
    unreachable
  ) {
    throw new CollabError('room_invalid');
  }
  const whole = segments.some((part) => part === '' || part === '.' || part === '..');
  return whole ? encodeURIComponent(room) : segments.map(encodeURIComponent).join('/');
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
