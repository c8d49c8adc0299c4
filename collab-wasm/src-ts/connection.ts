/**
 * Drives the session of the WASM client: opens and closes sockets when it asks, calls it at its
 * deadline, and tells it when the network or the page may be back.
 */
import { Socket } from './socket.js';
import type { WebSocketConstructor } from './types.js';

/** Longer timers fire at once in browsers. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** What a client is told of its connection. */
export interface ConnectionClient {
  connected(now: number): void;
  frame(now: number, bytes: Uint8Array): void;
  disconnected(now: number, code?: number): void;
  networkBack(now: number): void;
  tick(now: number): void;
}

/** An `Engine` of such a client. */
export interface ConnectionEngine {
  event(run: (client: ConnectionClient, now: number) => void): void;
}

export class Connection {
  readonly #engine: ConnectionEngine;
  readonly #WebSocket: WebSocketConstructor;
  readonly #url: string;
  readonly #stop = new AbortController();
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline = Infinity;

  constructor(engine: ConnectionEngine, WebSocket: WebSocketConstructor, url: string) {
    this.#engine = engine;
    this.#WebSocket = WebSocket;
    this.#url = url;
    this.#watchNetwork();
  }

  open(): void {
    this.#socket?.close();
    const socket = new Socket(this.#WebSocket, this.#url, {
      connected: () => this.#engine.event((client, now) => client.connected(now)),
      frame: (bytes) => this.#engine.event((client, now) => client.frame(now, bytes)),
      disconnected: (code) => {
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.#engine.event((client, now) => client.disconnected(now, code));
      },
    });
    this.#socket = socket;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(frame);
  }

  /** Ends the connection, if there is one; the session may open another. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Calls the client again at `at` (Unix ms), or not at all for `Infinity`. */
  wake(at: number): void {
    if (at === this.#deadline) return;
    this.#deadline = at;
    clearTimeout(this.#timer);
    if (at === Infinity || this.#stop.signal.aborted) return;
    const delay = Math.min(Math.max(at - Date.now(), 0), TIMEOUT_MAX_MS);
    this.#timer = setTimeout(() => {
      this.#deadline = Infinity;
      this.#engine.event((client, now) => client.tick(now));
    }, delay);
  }

  /** Lets go of socket, timer and page events, for good. */
  dispose(): void {
    this.close();
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #watchNetwork(): void {
    const { signal } = this.#stop;
    const back = (): void => this.#engine.event((client, now) => client.networkBack(now));
    globalThis.window?.addEventListener('online', back, { signal });
    // A page restored from the back-forward cache has lost its socket without being told.
    globalThis.window?.addEventListener('pageshow', back, { signal });
    const page = globalThis.document;
    page?.addEventListener(
      'visibilitychange',
      () => {
        // Timers of hidden pages are throttled, so a deadline may have passed long ago.
        if (page.visibilityState === 'visible') back();
      },
      { signal },
    );
  }
}
