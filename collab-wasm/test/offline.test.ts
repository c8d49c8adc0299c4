/** Offline storage: what was typed survives a closed tab and a dead relay. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, expect, inject, test } from 'vitest';
import type { Room, WebSocketConstructor } from '../src-ts/index.js';
import { append, freshName, join, leaveAll, until, untilStatus } from './meeting.js';

afterEach(leaveAll);

/** A network that can be cut, as a closed tab cuts it. */
function network(): { WebSocket: WebSocketConstructor; cut(): void } {
  let alive = true;
  const sockets: NodeWebSocket[] = [];
  class Cuttable extends NodeWebSocket {
    constructor(url: string, protocols: string[]) {
      super(alive ? url : 'ws://127.0.0.1:1/', protocols);
      sockets.push(this);
    }
  }
  const cut = (): void => {
    alive = false;
    sockets.forEach((socket) => socket.terminate());
  };
  return { WebSocket: Cuttable as unknown as WebSocketConstructor, cut };
}

/** Everything that the room's database holds. */
async function stored(name: string): Promise<{ rows: number; marks: { unsaved: number }[] }> {
  const db = await openDB(`collab:${inject('sync')}/${name}`);
  const rows = await db.count('updates');
  const marks = (await db.getAll('marks')) as { unsaved: number }[];
  db.close();
  return { rows, marks };
}

/** Resolves once the room's database is as `holds` says; each look waits for a transaction. */
async function untilStored(
  name: string,
  holds: (found: Awaited<ReturnType<typeof stored>>) => boolean,
): Promise<void> {
  while (!holds(await stored(name))) await new Promise(setImmediate);
}

test('edits made offline survive a closed tab and are sent later', async () => {
  const name = freshName();
  const first = network();
  const tab = await join(name, { persist: true, WebSocket: first.WebSocket });
  append(tab, 'online');
  await untilStatus(tab, ({ phase }) => phase === 'saved');
  first.cut();
  await untilStatus(tab, ({ phase }) => phase === 'offline');
  append(tab, ' offline');
  tab.files.open('main').edit([{ at: 0, delete: 2, insert: '' }]);
  expect(tab.status.unsaved).toBe(2);
  // The tab is closed: nobody calls `close`, and its sockets stay dead.
  await untilStored(name, ({ marks }) => marks[0]?.unsaved === 2);

  const witness = await join(name);
  await until(witness, () => witness.files.open('main').text === 'online');
  const again = await join(name, { persist: true });
  expect(again.files.open('main').text).toBe('line offline');
  expect(again.status.unsaved).toBe(2);
  await untilStatus(again, ({ phase, unsaved }) => phase === 'saved' && unsaved === 0);
  await until(witness, () => witness.files.open('main').text === 'line offline');
  await again.close();
  expect((await stored(name)).marks).toEqual([]);
});

test('a room opens offline with all that was seen', async () => {
  const name = freshName();
  const [ann, bob] = [await join(name), await join(name, { persist: true })];
  append(ann, 'by Ann');
  await until(bob, () => bob.files.open('main').text === 'by Ann');
  await bob.close();
  const dead = network();
  dead.cut();
  const offline = await join(name, { persist: true, WebSocket: dead.WebSocket });
  expect(offline.files.open('main').text).toBe('by Ann');
  expect(offline.status).toMatchObject({ unsaved: 0 });
});

test('a tab leaves the marks of another that is still open', async () => {
  const name = freshName();
  const offline = network();
  const one = await join(name, { persist: true, WebSocket: offline.WebSocket });
  await untilStatus(one, ({ phase }) => phase === 'saved');
  offline.cut();
  append(one, 'first ');
  await untilStored(name, ({ marks }) => marks.length === 1);
  const dead = network();
  dead.cut();
  const two = await join(name, { persist: true, WebSocket: dead.WebSocket });
  expect(two.status.unsaved).toBe(1);
  append(one, 'second');
  await untilStored(name, ({ marks }) => marks[0]?.unsaved === 2);
  await two.close();
  expect((await stored(name)).marks).toEqual([expect.objectContaining({ unsaved: 2 })]);
  // A third tab finds and sends the edits of both.
  const three = await join(name, { persist: true });
  expect(three.files.open('main').text).toBe('first second');
  expect(three.status.unsaved).toBe(2);
  await untilStatus(three, ({ phase }) => phase === 'saved');
});

test('many updates are folded into a snapshot', async () => {
  const name = freshName();
  const room: Room = await join(name, { persist: true });
  for (let i = 0; i < 700; i += 1) {
    append(room, `${i},`);
    if (i % 100 === 0) await untilStored(name, ({ rows }) => rows > 0);
  }
  await untilStored(name, ({ rows }) => rows > 0 && rows <= 500);
  const text = room.files.open('main').text;
  await room.close();
  const dead = network();
  dead.cut();
  const again = await join(name, { persist: true, WebSocket: dead.WebSocket });
  expect(again.files.open('main').text).toBe(text);
});

test('rows that cannot be read harm nothing and are left alone', async () => {
  const name = freshName();
  const room = await join(name, { persist: true });
  append(room, 'good');
  await room.close();
  const db = await openDB(`collab:${inject('sync')}/${name}`);
  await db.add('updates', new Uint8Array([255, 255, 255, 1, 2, 3]));
  db.close();
  const again = await join(name, { persist: true });
  expect(again.files.open('main').text).toBe('good');
  append(again, '!');
  await again.close();
  expect((await stored(name)).rows).toBeGreaterThan(1);
});
