/** Joins a room's chat: loads the module, brings back what was not sent, and starts. */
import init, { ChatClient } from '../../pkg/chat/collab_wasm.js';
import { Engine } from '../engine.js';
import { randomBelow, randomClientId } from '../random.js';
import { findWebSocket } from '../socket.js';
import { roomUrl } from '../url.js';
import { moduleLoader } from '../wasm.js';
import { ChatRoom } from './room.js';
import { ChatStorage } from './storage.js';
import type { Chat, ChatOptions } from './types.js';

const loadChat = moduleLoader(init, new URL('../../pkg/chat/collab_wasm_bg.wasm', import.meta.url));

/**
 * Joins the chat of `room` at the relay `url`, as `connect` does with its files, over a connection of
 * its own. Resolves as soon as one can write, which needs no network where the token says who one is.
 */
export async function connectChat(url: string, room: string, options: ChatOptions): Promise<Chat> {
  const address = roomUrl(url, room);
  const [WebSocket] = await Promise.all([findWebSocket(options.WebSocket), loadChat(options.wasm)]);
  const id = randomClientId();
  const client = new ChatClient(id, randomBelow(2 ** 53), options.name, options.token ?? '');
  let joined: ChatRoom | undefined;
  const engine = new Engine(
    client,
    (error) => joined?.trapped(error),
    (batch) => batch,
  );
  const storage = await ChatStorage.open(options.persist, address, id);
  for (const kept of storage?.kept ?? []) engine.input((chat) => chat.import(kept));
  joined = new ChatRoom(engine, WebSocket, address, storage);
  engine.event((chat, now) => chat.start(now));
  return joined;
}
