/**
 * One WebSocket that speaks `collab.v1`, with its events reduced to what a session asks for. After
 * `close` nothing is reported any more, so a late event never reaches the next connection.
 */
import type { WebSocketConstructor, WebSocketLike } from './types.js';

const SUBPROTOCOL = 'collab.v1';

/**
 * As many bytes may wait in the socket. Beyond it the connection is given up: the next one sends
 * one diff instead of all that waited.
 */
const SEND_BUFFER_MAX_BYTES = 16 * 1024 * 1024;

export interface SocketEvents {
  connected(): void;
  frame(bytes: Uint8Array): void;
  /** `code` is the WebSocket close code, if the relay sent one. */
  disconnected(code: number | undefined): void;
}

export class Socket {
  #socket: WebSocketLike | undefined;
  readonly #events: SocketEvents;

  constructor(WebSocket: WebSocketConstructor, url: string, events: SocketEvents) {
    this.#events = events;
    const socket = new WebSocket(url, [SUBPROTOCOL]);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = (event: MessageEvent<unknown>) => this.#received(event.data);
    socket.onclose = (event: { code: number }) => this.#lost(event.code);
    // Always followed by `close`, which knows more.
    socket.onerror = () => undefined;
    this.#socket = socket;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (socket.bufferedAmount + frame.length > SEND_BUFFER_MAX_BYTES) {
      this.#giveUp();
    } else {
      socket.send(frame);
    }
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #opened(socket: WebSocketLike & { protocol?: string }): void {
    if (this.#socket !== socket) return;
    if (socket.protocol === SUBPROTOCOL) this.#events.connected();
    else this.#giveUp();
  }

  #received(data: unknown): void {
    if (data instanceof ArrayBuffer) this.#events.frame(new Uint8Array(data));
    // A relay of PROTOCOL section 1 sends no text frames.
    else this.#giveUp();
  }

  #lost(code: number): void {
    if (this.#socket === undefined) return;
    this.close();
    // 1005 and 1006 are made up by the browser where there was no close frame.
    this.#events.disconnected(code === 1005 || code === 1006 ? undefined : code);
  }

  #giveUp(): void {
    this.close();
    // Not from within a call of the session.
    queueMicrotask(() => this.#events.disconnected(undefined));
  }
}

/** The class to use: the caller's, the global one, or that of the npm package `ws`. */
export async function findWebSocket(given?: WebSocketConstructor): Promise<WebSocketConstructor> {
  if (given !== undefined) return given;
  const global: unknown = globalThis.WebSocket;
  if (typeof global === 'function') return global as WebSocketConstructor;
  // In a variable, so that bundlers for browsers leave it alone.
  const name = 'ws';
  const module = (await import(/* @vite-ignore */ name)) as { WebSocket: WebSocketConstructor };
  return module.WebSocket;
}
