/** Chats that meet at a real relay. */
import { afterEach, expect, inject, test, vi } from 'vitest';
import { connectChat, type Chat } from '../src-ts/chat/index.js';

const open: Chat[] = [];
let rooms = 0;

async function join(room: string, name: string, token = `secret of ${name} for tests`): Promise<Chat> {
  const chat = await connectChat(inject('sync'), room, { name, token, persist: false });
  open.push(chat);
  return chat;
}

const fresh = (): string => `chat-${(rooms += 1)}`;
const texts = (chat: Chat, place = 'room'): string[] => chat.messages(place, 100).map(({ text }) => text);
const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 10_000, interval: 20 });

afterEach(async () => {
  await Promise.all(open.splice(0).map((chat) => chat.close()));
});

test('messages_edits_reactions_and_deletions_reach_the_other', async () => {
  const room = fresh();
  const [ada, bo] = [await join(room, 'Ada'), await join(room, 'Bo')];
  const first = ada.say('room', 'one');
  await eventually(() => expect(texts(bo)).toEqual(['one']));
  const answer = bo.say('room', 'two', first);
  bo.react('room', first, '\u{1f44d}', true);
  await eventually(() => expect(ada.messages('room', 1)[0]).toMatchObject({ id: answer, name: 'Bo', re: first, own: false }));
  await eventually(() =>
    expect(ada.messages('room', 2)[0]?.reactions).toEqual([{ with: '\u{1f44d}', own: false, names: ['Bo'] }]),
  );
  ada.edit('room', first, 'one, really');
  await eventually(() => expect(bo.messages('room', 2)[0]).toMatchObject({ text: 'one, really', edited: true, pending: false }));
  ada.remove('room', first);
  await eventually(() => expect(texts(bo)).toEqual(['two']));
  expect(() => ada.edit('room', answer, 'mine')).toThrow('not_author');
});

test('a_direct_message_begins_a_conversation_with_the_other_alone', async () => {
  const room = fresh();
  const [ada, bo, cleo] = [await join(room, 'Ada'), await join(room, 'Bo'), await join(room, 'Cleo')];
  await eventually(() => expect(ada.people().map(({ name }) => name).sort()).toEqual(['Ada', 'Bo', 'Cleo']));
  const place = ada.openDirect(bo.user ?? '');
  ada.say(place, 'psst');
  await eventually(() => expect(bo.places()).toEqual([
    { place: 'room', name: '', unread: 0 },
    { place: ada.user, name: 'Ada', unread: 1 },
  ]));
  bo.markRead(ada.user ?? '');
  expect(bo.places()[1]?.unread).toBe(0);
  expect(cleo.places()).toHaveLength(1);
});

test('only_the_newest_are_given_and_the_older_on_demand', async () => {
  const ada = await join(fresh(), 'Ada');
  for (let count = 1; count <= 30; count += 1) ada.say('room', `${count}`);
  expect(ada.messages('room', 2).map(({ text }) => text)).toEqual(['29', '30']);
  expect(ada.hasOlder('room', 29)).toBe(true);
  expect(ada.hasOlder('room', 30)).toBe(false);
});

test('lines_are_understood_completed_and_passwords_marked', async () => {
  const room = fresh();
  const ada = await join(room, 'Ada');
  await join(room, 'Zo\u{eb}');
  expect(ada.parse('hello')).toEqual({ kind: 'say', text: 'hello' });
  expect(ada.parse('@bo hi')).toEqual({ kind: 'direct', to: 'bo', text: 'hi' });
  expect(ada.parse('/set password a b')).toEqual({ kind: 'setPassword', password: 'a b' });
  expect(ada.parse('/who')).toEqual({ kind: 'who' });
  expect(ada.parse('/whoo')).toMatchObject({ kind: 'wrong' });
  expect(ada.secret('/login \u{1f642} pass')).toEqual({ from: 10, to: 14 });
  expect(ada.complete('\u{1f642} /s', 5)).toBeNull();
  expect(ada.complete('/set p', 6)?.choices.map(({ text }) => text)).toEqual(['/set password ']);
  await eventually(() => expect(ada.complete('\u{1f642} @z', 5)).toMatchObject({ from: 3, to: 5, choices: [{ text: '@Zo\u{eb} ' }] }));
  expect(ada.help().map(({ usage }) => usage)).toContain('/who');
});

test('without_a_token_one_reads_only', async () => {
  const room = fresh();
  const [ada, nobody] = [await join(room, 'Ada'), await join(room, 'Nobody', '')];
  ada.say('room', 'hello');
  await eventually(() => expect(texts(nobody)).toEqual(['hello']));
  expect(nobody.user).toBeNull();
  expect(() => nobody.say('room', 'hi')).toThrow('read_only');
});

test('what_others_write_arrives_once_and_says_where_and_own_words_do_not', async () => {
  const room = fresh();
  const [ada, bo] = [await join(room, 'Ada'), await join(room, 'Bo')];
  ada.say('room', 'history');
  // What was there before somebody had everything does not arrive.
  await eventually(() => expect([texts(bo), bo.status.phase]).toEqual([['history'], 'saved']));
  const atAda: unknown[] = [];
  const atBo: unknown[] = [];
  ada.on('arrived', (message) => atAda.push(message));
  bo.on('arrived', (message) => atBo.push(message));
  const said = ada.say('room', 'hello');
  await eventually(() => expect(texts(bo)).toEqual(['history', 'hello']));
  ada.edit('room', said, 'hello again');
  ada.react('room', said, '\u{1f44d}', true);
  const whispered = ada.say(ada.openDirect(bo.user ?? ''), 'psst');
  await eventually(() => expect(texts(bo, ada.user ?? '')).toEqual(['psst']));
  await eventually(() => expect(texts(bo)).toEqual(['history', 'hello again']));
  const answered = bo.say('room', 'hi', said);
  await eventually(() => expect(atAda).toEqual([{ place: 'room', id: answered }]));
  expect(atBo).toEqual([
    { place: 'room', id: said },
    { place: ada.user, id: whispered },
  ]);
});

test('what_is_too_long_is_refused_to_its_author_and_not_sent', async () => {
  const room = fresh();
  const [ada, bo] = [await join(room, 'Ada'), await join(room, 'Bo')];
  expect(() => ada.say('room', 'x'.repeat(1 << 20))).toThrow('text_too_long');
  ada.say('room', 'short');
  await eventually(() => expect(texts(bo)).toEqual(['short']));
  expect(texts(ada)).toEqual(['short']);
});
