import type { ChatMessage } from 'collab-wasm/chat';
import { expect, test } from 'vitest';
import { groupMessages } from './grouping';

const NOON = new Date(2026, 0, 5, 12).getTime();
const MINUTE = 60_000;

function message(user: string, at: number, re: string | null = null): ChatMessage {
  const id = `${user}${at}`;
  const rest = { text: 'hi', own: false, edited: false, pending: false, reactions: [] };
  return { id, user, name: user, at, re, ...rest };
}

function shape(messages: ChatMessage[]): [users: string, day: boolean][] {
  return groupMessages(messages).map((group) => [group.messages.map(({ user }) => user).join(''), group.day !== null]);
}

test('one_person_going_on_is_one_group', () => {
  expect(shape([message('a', NOON), message('a', NOON + MINUTE), message('b', NOON + 2 * MINUTE)])).toEqual([
    ['aa', true],
    ['b', false],
  ]);
});

test('a_pause_an_answer_and_midnight_begin_a_new_group', () => {
  const late = new Date(2026, 0, 5, 23, 59).getTime();
  expect(shape([message('a', NOON), message('a', NOON + 6 * MINUTE)])).toEqual([['a', true], ['a', false]]);
  expect(shape([message('a', NOON), message('a', NOON + 1, 'x')])).toEqual([['a', true], ['a', false]]);
  expect(shape([message('a', late), message('a', late + 2 * MINUTE)])).toEqual([['a', true], ['a', true]]);
});

test('no_messages_no_groups', () => {
  expect(groupMessages([])).toEqual([]);
});
