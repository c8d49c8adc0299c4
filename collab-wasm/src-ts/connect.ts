/** Joins a room: loads the WASM, brings back what an earlier page load kept, and starts. */
import { newDocumentEngine, type DocumentEngine } from './document-engine.js';
import { CollabError } from './errors.js';
import { randomBelow, randomClientId } from './random.js';
import { CollabRoom } from './room.js';
import { findWebSocket } from './socket.js';
import { Storage, type Restored } from './storage.js';
import type { ConnectOptions, Room } from './types.js';
import { roomUrl } from './url.js';

/**
 * Joins `room` at the relay `url`: `ws(s)://host/sync`, or `http(s)://host`, to which `/sync` is
 * added. Resolves as soon as the room can be edited, which needs no network: `room.status` says
 * when others' edits have arrived.
 */
export async function connect(
  url: string,
  room: string,
  options: ConnectOptions = {},
): Promise<Room> {
  const address = roomUrl(url, room);
  const id = randomClientId();
  const early: CollabError[] = [];
  let joined: CollabRoom | undefined;
  const report = (error: CollabError): void =>
    joined === undefined ? void early.push(error) : joined.report(error);
  const loading = newDocumentEngine(
    options.wasm,
    [id, randomBelow(2 ** 53), options.token ?? ''],
    (error) => joined?.trapped(error),
  );
  // The disk is asked while the module is loaded and compiled.
  const opening = openStorage(databaseName(options.persist, address), id, loading, report);
  const [WebSocket, engine, opened] = await Promise.all([
    findWebSocket(options.WebSocket),
    loading,
    opening,
  ]).catch((error: unknown) => {
    void opening.then((storage) => storage?.[0].close());
    throw error;
  });
  const storage = opened?.[0];
  if (opened === undefined) engine.input((c) => c.keepNothing());
  else opened[0].leave(restore(engine, opened[1]));
  engine.input((c, now) => c.setUser(now, options.user?.name ?? 'Anonymous', options.user?.color));
  joined = new CollabRoom({ name: room, url: address, engine, WebSocket, storage });
  // After the caller had its turn to listen.
  queueMicrotask(() => early.forEach(report));
  engine.event((c, now) => c.start(now));
  return joined;
}

function databaseName(persist: ConnectOptions['persist'], address: string): string | undefined {
  if (persist === false || globalThis.indexedDB === undefined) return undefined;
  return `${typeof persist === 'string' ? persist : 'collab'}:${address}`;
}

/** A room without storage is better than none: private windows have no IndexedDB, disks are full. */
async function openStorage(
  database: string | undefined,
  client: number,
  loading: Promise<DocumentEngine>,
  failed: (error: CollabError) => void,
): Promise<[Storage, Restored] | undefined> {
  if (database === undefined) return undefined;
  const snapshot = async (): Promise<Uint8Array<ArrayBuffer>> =>
    (await loading).read((c) => c.snapshot() as Uint8Array<ArrayBuffer>);
  try {
    return await Storage.open({ database, client, snapshot, failed });
  } catch (error) {
    if (!(error instanceof CollabError) || error.code !== 'storage_failed') throw error;
    failed(error);
    return undefined;
  }
}

/** Returns the places of updates that the client did not take. */
function restore(engine: DocumentEngine, { updates, unsaved }: Restored): Uint32Array {
  const lengths = Uint32Array.from(updates, (update) => update.length);
  const bytes = new Uint8Array(lengths.reduce((total, length) => total + length, 0));
  let at = 0;
  for (const update of updates) {
    bytes.set(update, at);
    at += update.length;
  }
  return engine.input((client, now) => client.restore(now, bytes, lengths, unsaved));
}
