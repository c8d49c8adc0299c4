/** Golden vectors of the JavaScript reference packages, through the built WASM. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { Client } from '../pkg/collab_wasm.js';
import { loadDocuments } from '../src-ts/document-engine.js';

interface UpdateVector {
  name: string;
  hex: string;
  /** `null` where the update builds on something that it does not contain. */
  text: string | null;
}

interface Vectors {
  updates: UpdateVector[];
  unportable: UpdateVector[];
}

let vectors: Vectors;

beforeAll(async () => {
  const file = new URL('../../collab-core/tests/vectors/updates.json', import.meta.url);
  vectors = JSON.parse(await readFile(file, 'utf8')) as Vectors;
});

async function restored(vector: UpdateVector): Promise<{ refused: number; text: string }> {
  await loadDocuments();
  const client = new Client(2 ** 31 + 1, 1, '');
  const update = Uint8Array.from(Buffer.from(vector.hex, 'hex'));
  const refused = client.restore(0, update, new Uint32Array([update.length]), 0);
  const text = client.text(client.open('main'));
  client.free();
  return { refused: refused.length, text };
}

test('updates of yjs lead to the same text', async () => {
  expect(vectors.updates.length).toBeGreaterThan(5);
  for (const vector of vectors.updates) {
    const { refused, text } = await restored(vector);
    expect(refused, vector.name).toBe(0);
    // An embed is one unit long; yjs leaves it out of its strings.
    const plain = text.replaceAll('\ufffc', '');
    if (vector.text !== null) expect(plain, vector.name).toBe(vector.text);
  }
});

test('what some reader could not survive is refused', async () => {
  for (const vector of vectors.unportable) {
    expect(await restored(vector), vector.name).toEqual({ refused: 1, text: '' });
  }
});
