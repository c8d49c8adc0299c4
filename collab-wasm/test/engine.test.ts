/** The engine: order of deliveries, foreseen errors, and what a trap does. */
import { expect, test, vi } from 'vitest';
import type { Client } from '../pkg/collab_wasm.js';
import { deliver, type Batch, type BatchHandler } from '../src-ts/batch.js';
import { newDocumentEngine, type DocumentEngine } from '../src-ts/document-engine.js';
import type { CollabError } from '../src-ts/errors.js';

function handler(overrides: Partial<BatchHandler> = {}): (batch: Batch) => void {
  const nothing = (): void => undefined;
  const all: BatchHandler = {
    connect: nothing,
    send: nothing,
    disconnect: nothing,
    persist: nothing,
    text: nothing,
    setting: nothing,
    refused: nothing,
    tokenExpiring: nothing,
    filesChanged: nothing,
    presenceChanged: nothing,
    statusChanged: nothing,
    deadline: nothing,
    ...overrides,
  };
  return (batch) => deliver(batch, all);
}

async function engine(onTrap: (error: CollabError) => void = () => undefined): Promise<DocumentEngine> {
  const engine = await newDocumentEngine(undefined, [2 ** 31 + 5, 1, ''], onTrap);
  expect(engine.read((client) => client.open('main'))).toBe(MAIN);
  return engine;
}

/** The number of the file that every engine here has open. */
const MAIN = 0;

const insert = (at: number, text: string) => (client: Client, now: number) =>
  client.edit(now, MAIN, new Uint32Array([at, 0, text.length]), text);

test('an edit from within a listener is heard after what came before it', async () => {
  const subject = await engine();
  const heard: string[] = [];
  subject.attach(
    handler({
      text(_file, delta) {
        heard.push(JSON.stringify(delta));
        if (heard.length === 1) {
          subject.input(insert(1, 'b'));
          heard.push('returned');
        }
      },
    }),
  );
  subject.input((client) => client.watch(MAIN));
  subject.input(insert(0, 'a'));
  expect(heard).toEqual(['[{"insert":"a"}]', 'returned', '[{"retain":1},{"insert":"b"}]']);
});

test('one local transaction is one update to keep', async () => {
  const subject = await engine();
  const persist = vi.fn();
  subject.attach(handler({ persist }));
  subject.input((client, now) =>
    client.edit(now, MAIN, new Uint32Array([0, 0, 2, 0, 0, 1]), 'abc'),
  );
  expect(persist).toHaveBeenCalledOnce();
  expect(subject.read((client) => client.text(MAIN))).toBe('abc');
});

test('a foreseen error leaves the engine working', async () => {
  const trapped = vi.fn();
  const subject = await engine(trapped);
  subject.attach(handler());
  expect(() => subject.input(insert(5, 'x'))).toThrow(
    expect.objectContaining({ code: 'out_of_range' }),
  );
  subject.input(insert(0, 'x'));
  expect(trapped).not.toHaveBeenCalled();
});

test('a trap is reported once and ends the engine, not the page', async () => {
  const trapped = vi.fn();
  const subject = await engine(trapped);
  subject.attach(handler());
  const trap = (): never => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  subject.event(trap);
  subject.event(trap);
  expect(trapped).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'internal' }));
  expect(() => subject.input(insert(0, 'x'))).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
});

test('frames that mean nothing change nothing', async () => {
  const trapped = vi.fn();
  const subject = await engine(trapped);
  const disconnect = vi.fn();
  subject.attach(handler({ disconnect }));
  subject.input((client, now) => client.start(now));
  subject.input((client, now) => client.connected(now));
  for (let length = 0; length < 64; length += 1) {
    const frame = Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 255);
    subject.event((client, now) => client.frame(now, frame));
  }
  expect(trapped).not.toHaveBeenCalled();
  expect(disconnect).toHaveBeenCalled();
  subject.input(insert(0, 'alive'));
  expect(subject.read((client) => client.text(MAIN))).toBe('alive');
});
