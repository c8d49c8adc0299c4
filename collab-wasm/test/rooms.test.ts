/** Two people in one room, through a real relay. */
import { afterEach, expect, inject, test } from 'vitest';
import { sameDelta } from '../src-ts/delta.js';
import type { DeltaOp } from '../src-ts/index.js';
import { append, freshName, join, leaveAll, until, untilStatus } from './meeting.js';

afterEach(leaveAll);

test('edits of both people reach both', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name, {}, inject('http'))];
  append(ann, 'from Ann\n');
  append(bob, 'from Bob\n');
  const both = (text: string): boolean => text.includes('Ann') && text.includes('Bob');
  await until(ann, () => both(ann.files.open('main').text));
  await until(bob, () => both(bob.files.open('main').text));
  expect(ann.files.open('main').text).toBe(bob.files.open('main').text);
});

test('an edit is saved once the relay calls it durable', async () => {
  const room = await join(freshName());
  append(room, 'x');
  expect(room.status.unsaved).toBe(1);
  await untilStatus(room, ({ phase, unsaved }) => phase === 'saved' && unsaved === 0);
  expect(room.status).toMatchObject({ keeps: true, storeOk: true, canWrite: true, error: null });
});

test('a remote edit of several places is one delta', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name)];
  append(ann, 'one two three');
  await until(bob, () => bob.files.open('main').length === 13);
  const heard: [DeltaOp[], string][] = [];
  bob.files.open('main').onDelta((delta, origin) => heard.push([delta, origin]));
  ann.files.open('main').edit([
    { at: 0, delete: 3, insert: '1' },
    { at: 8, delete: 5, insert: '3 😀' },
  ]);
  await until(bob, () => bob.files.open('main').text === '1 two 3 😀');
  const wanted = [{ delete: 3 }, { insert: '1' }, { retain: 5 }, { delete: 5 }, { insert: '3 😀' }];
  expect(heard).toHaveLength(1);
  expect(sameDelta(heard[0]?.[0] ?? [], wanted)).toBe(true);
  expect(heard[0]?.[1]).toBe('remote');
});

test('undo takes back only own edits', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name)];
  append(ann, 'Ann');
  await until(bob, () => bob.files.open('main').text === 'Ann');
  append(bob, ' and Bob');
  await until(ann, () => ann.files.open('main').text === 'Ann and Bob');
  const origins: string[] = [];
  const text = ann.files.open('main');
  text.onDelta((_delta, origin) => origins.push(origin));
  expect([text.canUndo, text.canRedo]).toEqual([true, false]);
  expect(text.undo()).toBe(true);
  expect(text.text).toBe(' and Bob');
  expect(text.undo()).toBe(false);
  expect(text.redo()).toBe(true);
  expect(text.text).toBe('Ann and Bob');
  expect(origins).toEqual(['undo', 'undo']);
  await until(bob, () => bob.files.open('main').text === 'Ann and Bob');
});

test('files are listed, renamed, hidden and restored for all', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name)];
  ann.settings.language = 'rust';
  const file = ann.files.create('lib.rs');
  expect(file).toMatchObject({ name: 'lib.rs', language: 'rust' });
  append(ann, 'fn main() {}', file.id);
  await until(bob, () => bob.files.list().length === 2);
  bob.files.rename(file.id, 'main.rs');
  bob.files.setLanguage(file.id, 'c');
  await until(ann, () => ann.files.list()[1]?.language === 'c');
  expect(ann.files.list()[1]).toEqual({ ...file, name: 'main.rs', language: 'c' });
  ann.files.move(file.id, -1);
  ann.files.remove('main');
  await until(bob, () => bob.files.deleted().length === 1);
  expect(bob.files.list().map(({ id }) => id)).toEqual([file.id]);
  bob.files.restore('main');
  expect(bob.files.list().map(({ id }) => id)).toEqual([file.id, 'main']);
  expect(bob.files.open(file.id).text).toBe('fn main() {}');
  expect(bob.settings.language).toBe('rust');
});

test('people see each other with their cursors, and who leaves is gone', async () => {
  const name = freshName();
  const ann = await join(name, { user: { name: 'Ann\u0000<script>', color: 'red' } });
  const bob = await join(name, { user: { name: 'Bob', color: '#123456' } });
  append(ann, 'hello');
  await until(bob, () => bob.files.open('main').length === 5);
  bob.presence.setCursor('main', 1, 3);
  const seen = (): ReturnType<typeof ann.presence.list>[number] | undefined =>
    ann.presence.list().find(({ self }) => !self);
  await until(ann, () => seen()?.cursor != null);
  const expected = { name: 'Bob', color: '#123456', file: 'main', cursor: { anchor: 1, head: 3 } };
  expect(seen()).toMatchObject({ ...expected, status: 'active' });
  ann.files.open('main').edit([{ at: 0, delete: 0, insert: '>>' }]);
  expect(seen()?.cursor).toEqual({ anchor: 3, head: 5 });
  const others = bob.presence.list().filter(({ self }) => !self);
  expect(others).toEqual([expect.objectContaining({ name: 'Ann<script>' })]);
  expect(others[0]?.color).toMatch(/^#[0-9a-f]{6}$/);
  await bob.close();
  await until(ann, () => ann.presence.list().length === 1);
});

test('a caret stays before what others insert at it', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name)];
  append(ann, 'ab');
  await until(bob, () => bob.files.open('main').length === 2);
  bob.presence.setCursor('main', 1);
  const seen = (): unknown => ann.presence.list().find(({ self }) => !self)?.cursor;
  await until(ann, () => seen() != null);
  ann.files.open('main').edit([{ at: 1, delete: 0, insert: 'X' }]);
  expect(seen()).toEqual({ anchor: 1, head: 1 });
});

test('wrong arguments throw typed errors and change nothing', async () => {
  const room = await join(freshName());
  append(room, 'abc');
  const text = room.files.open('main');
  const splice = (at: number, length: number) => [{ at, delete: length, insert: '' }];
  expect(() => text.edit(splice(2, 2))).toThrow(expect.objectContaining({ code: 'out_of_range' }));
  expect(() => text.edit(splice(-1, 0))).toThrow(expect.objectContaining({ code: 'out_of_range' }));
  expect(() => text.edit([...splice(1, 1), ...splice(0, 1)])).toThrow(
    expect.objectContaining({ code: 'out_of_range' }),
  );
  expect(() => room.files.open('nope')).toThrow(expect.objectContaining({ code: 'file_unknown' }));
  expect(() => room.files.create(' ')).toThrow(expect.objectContaining({ code: 'name_invalid' }));
  expect(text.text).toBe('abc');
  await room.close();
  expect(() => text.text).toThrow(expect.objectContaining({ code: 'room_closed' }));
});

test('line breaks become LF and surrogate pairs stay whole', async () => {
  const room = await join(freshName());
  const text = room.files.open('main');
  text.edit([{ at: 0, delete: 0, insert: 'a\r\nb\rc😀' }]);
  expect(text.text).toBe('a\nb\nc😀');
  text.edit([{ at: 6, delete: 1, insert: '' }]);
  expect(text.text).toBe('a\nb\nc');
  text.edit([{ at: 0, delete: 0, insert: '\ud83d' }]);
  expect(text.text).toBe('\ufffda\nb\nc');
});

test('a final refusal is shown, and edits are kept', async () => {
  const room = await join(freshName(), { WebSocket: Refusing });
  await untilStatus(room, ({ phase }) => phase === 'refused');
  expect(room.status.error?.code).toBe('forbidden');
  append(room, 'still here');
  expect(room.status.unsaved).toBe(1);
  expect(room.files.open('main').text).toBe('still here');
});

/** A relay that lets nobody in. */
class Refusing {
  binaryType = '';
  bufferedAmount = 0;
  protocol = 'collab.v1';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  constructor() {
    queueMicrotask(() => this.onclose?.({ code: 4403 } as never));
  }
  send(): void {}
  close(): void {}
}
