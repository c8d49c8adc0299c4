/** Rooms' addresses. */
import { expect, test } from 'vitest';
import { roomUrl } from '../src-ts/url.js';

test('a relay is named by its endpoint or by its site', () => {
  expect(roomUrl('ws://h:1/sync', 'r')).toBe('ws://h:1/sync/r');
  expect(roomUrl('wss://h/deep/sync/', 'r')).toBe('wss://h/deep/sync/r');
  expect(roomUrl('http://h', 'r')).toBe('ws://h/sync/r');
  expect(roomUrl('https://h/app/', 'r')).toBe('wss://h/app/sync/r');
  expect(roomUrl('https://h/sync', 'r')).toBe('wss://h/sync/r');
  expect(roomUrl('ws://h/sync?key=1', 'r')).toBe('ws://h/sync/r?key=1');
});

test('a room may have any printable name', () => {
  expect(roomUrl('ws://h/sync', 'team/a b?#ü')).toBe('ws://h/sync/team/a%20b%3F%23%C3%BC');
  // Otherwise the URL parser would climb out of `/sync`.
  expect(roomUrl('ws://h/sync', 'a/../../b')).toBe('ws://h/sync/a%2F..%2F..%2Fb');
  for (const room of ['', '.', '..', 'x'.repeat(257), 'a\u0000', '\ud800']) {
    expect(() => roomUrl('ws://h/sync', room)).toThrow(
      expect.objectContaining({ code: 'room_invalid' }),
    );
  }
});

test('other addresses are refused', () => {
  for (const url of ['ftp://h', 'nonsense', 'javascript:alert(1)']) {
    expect(() => roomUrl(url, 'r')).toThrow(expect.objectContaining({ code: 'url_invalid' }));
  }
});
