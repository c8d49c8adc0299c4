// @vitest-environment happy-dom
/** The `<textarea>` binding. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bindTextarea } from '../src-ts/bindings/textarea.js';
import type { Binding, Room } from '../src-ts/index.js';
import { freshName, join, leaveAll, meet, until } from './meeting.js';

let [here, there]: [Room, Room] = [] as never;
let element: HTMLTextAreaElement;
let binding: Binding;

beforeEach(async () => {
  const name = freshName();
  [here, there] = [await join(name), await join(name)];
  element = document.createElement('textarea');
  document.body.append(element);
  binding = bindTextarea(here, 'main', element);
});
afterEach(async () => {
  binding.dispose();
  element.remove();
  await leaveAll();
});

const text = (room: Room): string => room.files.open('main').text;

/** What a keystroke does: new value, caret, event. */
function type(value: string, caret = value.length): void {
  element.value = value;
  element.setSelectionRange(caret, caret);
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/** An edit by the other person, until it has arrived here. */
async function remote(at: number, length: number, insert: string): Promise<void> {
  await meet(here, there);
  there.files.open('main').edit([{ at, delete: length, insert }]);
  await meet(here, there);
}

test('typing reaches the room', () => {
  type('hello');
  type('hello world');
  type('hello, world', 6);
  expect(text(here)).toBe('hello, world');
});

test('a remote edit moves the selection with its text', async () => {
  type('hello world');
  element.focus();
  element.setSelectionRange(6, 11, 'backward');
  await remote(0, 5, 'goodbye,');
  expect(element.value).toBe('goodbye, world');
  expect([element.selectionStart, element.selectionEnd]).toEqual([9, 14]);
  expect(element.selectionDirection).toBe('backward');
});

test('a remote edit at the caret does not push it', async () => {
  type('ab', 1);
  await remote(1, 0, 'X');
  expect([element.value, element.selectionStart]).toEqual(['aXb', 1]);
});

test('remote edits wait while an input method composes', async () => {
  type('日本');
  await meet(here, there);
  element.dispatchEvent(new CompositionEvent('compositionstart'));
  type('日本g');
  await remote(0, 0, '>> ');
  await remote(6, 0, '!');
  expect(element.value).toBe('日本g');
  type('日本語');
  element.dispatchEvent(new CompositionEvent('compositionend'));
  expect(element.value).toBe('>> 日本語!');
  await meet(here, there);
  expect([text(here), text(there)]).toEqual([element.value, element.value]);
});

test('undo keys undo only what was typed here', async () => {
  type('mine');
  await remote(0, 0, 'theirs ');
  element.focus();
  const key = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, cancelable: true });
  element.dispatchEvent(key);
  expect(key.defaultPrevented).toBe(true);
  expect(element.value).toBe('theirs ');
  element.dispatchEvent(new KeyboardEvent('keydown', { key: 'y', ctrlKey: true }));
  expect(element.value).toBe('theirs mine');
  expect(element.selectionStart).toBe('theirs mine'.length);
});

test('half a surrogate pair is replaced in the element too', async () => {
  type('a😀');
  type('a\ud83d');
  await Promise.resolve();
  expect(element.value).toBe(text(here));
  expect(/\p{Surrogate}/u.test(text(here))).toBe(false);
});

test('the own selection is told to others', async () => {
  type('hello');
  element.focus();
  element.setSelectionRange(1, 4, 'backward');
  document.dispatchEvent(new Event('selectionchange'));
  const seen = (): unknown => there.presence.list().find(({ self }) => !self)?.cursor;
  await until(there, () => JSON.stringify(seen()) === '{"anchor":4,"head":1}');
});

test('after disposal neither side hears of the other', async () => {
  type('a');
  binding.dispose();
  type('ab');
  expect(text(here)).toBe('a');
  await remote(0, 0, 'x');
  expect(element.value).toBe('ab');
});

test('a closed room leaves the element alone', async () => {
  type('a');
  await here.close();
  element.focus();
  type('ab');
  document.dispatchEvent(new Event('selectionchange'));
  element.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }));
  expect(element.value).toBe('ab');
});
