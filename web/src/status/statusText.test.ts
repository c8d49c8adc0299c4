import type { Status } from 'collab-wasm';
import { expect, test } from 'vitest';
import { announcement, statusText } from './statusText';

const SAVED: Status = {
  phase: 'saved',
  unsaved: 0,
  retryAt: null,
  error: null,
  canWrite: true,
  keeps: true,
  storeOk: true,
};
const ROOM_FULL = Object.assign(new Error(), { name: 'CollabError', code: 'room_full' } as const);
const with_ = (changes: Partial<Status>): Status => ({ ...SAVED, ...changes });

test('a_room_that_is_not_there_yet_connects', () => {
  expect(statusText(null, 0)).toMatchObject({ label: 'Connecting…', tone: 'busy' });
});

test.each([
  ['connecting', 'Connecting…'],
  ['syncing', 'Syncing…'],
  ['synced', 'Synced'],
  ['saved', 'Saved'],
] as const)('%s_is_called_%s', (phase, label) => {
  expect(statusText(with_({ phase }), 0).label).toBe(label);
});

test('offline_counts_edits_and_seconds', () => {
  const status = with_({ phase: 'offline', unsaved: 1234, retryAt: 10_400 });
  expect(statusText(status, 8000)).toMatchObject({
    label: 'Offline · 1,234 unsaved edits',
    retryInSeconds: 3,
    canRetry: true,
  });
  expect(statusText({ ...status, unsaved: 1 }, 0).label).toBe('Offline · 1 unsaved edit');
  expect(statusText({ ...status, unsaved: 0 }, 0).label).toBe('Offline');
});

test('a_retry_that_is_due_shows_zero_and_never_less', () => {
  expect(statusText(with_({ phase: 'offline', retryAt: 5 }), 9000).retryInSeconds).toBe(0);
});

test('a_store_that_fails_is_never_called_saved', () => {
  const text = statusText(with_({ phase: 'synced', storeOk: false, unsaved: 2 }), 0);
  expect(text).toMatchObject({ tone: 'warn', label: 'Synced, not saved · 2 unsaved edits' });
});

test('an_ephemeral_room_says_that_it_keeps_nothing', () => {
  expect(statusText(with_({ phase: 'synced', keeps: false }), 0).detail).toContain('keeps nothing');
});

test('refusals_say_why', () => {
  const status = with_({ phase: 'refused', error: ROOM_FULL });
  expect(statusText(status, 0)).toMatchObject({ tone: 'bad', label: 'Refused', detail: 'This session is full' });
  expect(announcement(status)).toContain('This session is full');
});

test('typing_announces_nothing_new', () => {
  expect(announcement(with_({ phase: 'synced', unsaved: 3 }))).toBe(announcement(SAVED));
  expect(announcement(with_({ phase: 'connecting' }))).toBeNull();
});
