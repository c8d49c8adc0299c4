// @vitest-environment happy-dom
/** What a grant allows, told by a relay of this test: the real one's open mode grants everything. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { collab } from '../src-ts/bindings/codemirror.js';
import { bindTextarea } from '../src-ts/bindings/textarea.js';
import type { Room, WebSocketConstructor } from '../src-ts/index.js';
import { append, freshName, join, leaveAll, untilStatus } from './meeting.js';

let welcome: string;

beforeAll(async () => {
  const vectors = JSON.parse(await readFile('../collab-core/tests/vectors/v1.json', 'utf8')) as {
    frames: { type: string; hex: string }[];
  };
  welcome = vectors.frames.find(({ type }) => type === 'welcome')?.hex ?? '';
});
afterEach(leaveAll);

/** A socket whose other end says what the test says. */
class ScriptedSocket {
  static last: ScriptedSocket;
  binaryType = '';
  readonly bufferedAmount = 0;
  readonly protocol = 'collab.v1';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: string[] = [];

  constructor() {
    ScriptedSocket.last = this;
    queueMicrotask(() => this.onopen?.({} as never));
  }

  say(hex: string): void {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    this.onmessage?.({ data: bytes.buffer } as never);
  }

  send(frame: Uint8Array): void {
    this.sent.push(Buffer.from(frame).toString('hex'));
  }

  close(): void {}
}

/** As `welcome`, with an empty user: `access` follows the peer and the user's length. */
const withAccess = (access: 0 | 1): string =>
  welcome.replace(/^(0011014d00)01/, `$1${access === 0 ? '00' : '01'}`);

async function enter(access: 0 | 1): Promise<Room> {
  const options = { token: 'secret', WebSocket: ScriptedSocket as unknown as WebSocketConstructor };
  const room = await join(freshName(), options, 'ws://scripted/sync');
  await Promise.resolve();
  ScriptedSocket.last.say(withAccess(access));
  await untilStatus(room, ({ canWrite }) => canWrite === (access === 1));
  return room;
}

test('the token travels in hello, not in the URL', async () => {
  await enter(1);
  const hello = Buffer.from('secret').toString('hex');
  expect(ScriptedSocket.last.sent[0]).toBe(`00100106${hello}`);
});

test('a read-only grant refuses edits and locks editors until it is raised', async () => {
  const room = await enter(0);
  expect(() => append(room, 'x')).toThrow(expect.objectContaining({ code: 'read_only' }));
  expect(() => room.files.create('x')).toThrow(expect.objectContaining({ code: 'read_only' }));
  const element = document.createElement('textarea');
  const binding = bindTextarea(room, 'main', element);
  const state = EditorState.create({ extensions: [collab(room, 'main')] });
  const view = new EditorView({ state, parent: document.body });
  expect([element.readOnly, view.state.readOnly]).toEqual([true, true]);
  // `grant` with the user "", write access, for ever.
  ScriptedSocket.last.say('001a000100');
  expect(room.status.canWrite).toBe(true);
  expect([element.readOnly, view.state.readOnly]).toEqual([false, false]);
  append(room, 'x');
  expect([element.value, view.state.doc.toString()]).toEqual(['x', 'x']);
  binding.dispose();
  view.destroy();
});

test('what is typed without a grant is taken back from the editor', async () => {
  const room = await enter(0);
  const element = document.createElement('textarea');
  document.body.append(element);
  const binding = bindTextarea(room, 'main', element);
  element.value = 'sneaked in';
  element.dispatchEvent(new Event('input'));
  await Promise.resolve();
  expect(element.value).toBe('');
  binding.dispose();
});
