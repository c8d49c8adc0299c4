import { expect, test } from 'vitest';
import { readLanding, renamedHref, roomName, sessionHref, shareHref } from './location';

const fixed = (): string => 'brave-copper-otter-4821';

test('without_a_session_a_new_one_is_made', () => {
  expect(readLanding('', fixed)).toEqual({
    kind: 'session',
    sessionId: 'brave-copper-otter-4821',
    created: true,
    userName: '',
  });
});

test('the_given_session_and_name_are_taken', () => {
  expect(readLanding('?session_id=team.1~x&username=Ada+L', fixed)).toEqual({
    kind: 'session',
    sessionId: 'team.1~x',
    created: false,
    userName: 'Ada L',
  });
});

const WRONG = ['../secret', '..', 'a b', '<img src=x onerror=alert(1)>', 'x'.repeat(65)];

test.each(WRONG)('%j_is_an_invalid_session', (id) => {
  const landing = readLanding(`?session_id=${encodeURIComponent(id)}`, fixed);
  expect(landing).toEqual({ kind: 'invalid', given: id });
});

test('the_shared_link_carries_the_session_only', () => {
  expect(shareHref('https://pad.example/?username=Ada&session_id=x&debug=1#top', 'x')).toBe(
    'https://pad.example/?session_id=x',
  );
});

test('a_new_session_keeps_other_parameters', () => {
  expect(sessionHref('https://pad.example/?username=Ada', 'new-1')).toBe(
    'https://pad.example/?username=Ada&session_id=new-1',
  );
});

test('renaming_changes_a_name_in_the_address_and_never_adds_one', () => {
  expect(renamedHref('https://pad.example/?session_id=x&username=Ada', 'Bo')).toBe(
    'https://pad.example/?session_id=x&username=Bo',
  );
  expect(renamedHref('https://pad.example/?session_id=x', 'Bo')).toBe('https://pad.example/?session_id=x');
});

test('rooms_of_the_pad_have_a_prefix_of_their_own', () => {
  expect(roomName('x')).toBe('pad/x');
});
