// Stock clients, unchanged from npm: Yjs with each major version of y-websocket, in Node.
import type { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider as Provider1 } from 'y-websocket-1'
import { WebsocketProvider as Provider2 } from 'y-websocket-2'
import { WebsocketProvider as Provider3 } from 'y-websocket-3'
import WebSocket from 'ws'
import * as Y from 'yjs'

/** What all versions have in common. */
interface Provider {
  readonly awareness: Awareness
  readonly synced: boolean
  on(event: 'status', listener: (event: { status: string }) => void): void
  destroy(): void
}

const providers = { '1.5.4': Provider1, '2.1.0': Provider2, '3.1.0': Provider3 }

export type YWebsocketVersion = keyof typeof providers
export const yWebsocketVersions = Object.keys(providers) as YWebsocketVersion[]

export interface StockClient {
  readonly doc: Y.Doc
  readonly text: Y.Text
  readonly awareness: Awareness
  /** How often the provider has connected so far. */
  readonly connects: () => number
  readonly synced: () => boolean
  close(): void
}

/** Joins `room` with y-websocket `version`. The default file of a room is the root text `main`. */
export function stockClient(version: YWebsocketVersion, sync: string, room: string): StockClient {
  const doc = new Y.Doc()
  const provider: Provider = new providers[version](sync, room, doc, {
    // Each client has its own socket: nothing may travel through the process instead.
    disableBc: true,
    // `ws` differs from the DOM's type only in members that y-websocket does not use.
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
  })
  let connects = 0
  provider.on('status', ({ status }: { status: string }) => {
    if (status === 'connected') connects += 1
  })
  return {
    doc,
    text: doc.getText('main'),
    awareness: provider.awareness,
    connects: () => connects,
    synced: () => provider.synced,
    close() {
      provider.destroy()
      doc.destroy()
    },
  }
}
