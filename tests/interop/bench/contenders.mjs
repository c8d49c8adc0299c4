// The libraries that are compared, behind one shape: a text that is edited, tells of each update,
// and hears of each remote change as a delta. `collab` is the whole package, as applications use it.
import { connect } from 'collab-wasm'
import * as Y from 'yjs'
import { loadYwasm } from './ywasm.mjs'
import { LoopSocket, updateFrame } from './loop-socket.mjs'

/**
 * @typedef {object} Replica
 * @property {(at: number, length: number, text: string) => void} edit one transaction, one update
 * @property {(update: Uint8Array) => any} arrived what an update is when it comes from the network
 * @property {(arrived: any) => void} apply
 * @property {() => string} text
 * @property {() => Uint8Array | undefined} snapshot all as one update, where the library has that
 */

/**
 * @typedef {object} Wishes
 * @property {() => void} [onUpdate] wants each local update
 * @property {(delta: unknown[]) => void} [onDelta] wants each change as a delta
 * @property {URL | BufferSource} [wasm] which build, of `collab`
 */

/** @type {Record<string, (wishes: Wishes) => Promise<Replica>>} */
export const contenders = { collab, 'collab fast': collab, yjs, ywasm }

/** @param {Wishes} wishes @returns {Promise<Replica>} */
async function collab({ onUpdate, onDelta, wasm }) {
  const room = await connect('ws://bench', 'bench', {
    persist: false,
    WebSocket: LoopSocket,
    ...(wasm && { wasm }),
  })
  const socket = LoopSocket.latest
  if (socket === undefined) throw new Error('the client opened no socket')
  if (onUpdate) socket.onupdate = onUpdate
  await new Promise((resolve) => setTimeout(resolve))
  if (room.status.phase !== 'saved') throw new Error(`the client is ${room.status.phase}`)
  const file = room.files.open('main')
  if (onDelta) file.onDelta(onDelta)
  return {
    edit: (at, length, insert) => file.edit([{ at, delete: length, insert }]),
    arrived: updateFrame,
    apply: (frame) => socket.deliverFrame(frame),
    text: () => file.text,
    snapshot: () => undefined,
  }
}

/** @param {Wishes} wishes @returns {Promise<Replica>} */
async function yjs({ onUpdate, onDelta }) {
  const doc = new Y.Doc()
  const text = doc.getText('main')
  if (onUpdate) doc.on('update', onUpdate)
  if (onDelta) text.observe((event) => onDelta(event.delta))
  return {
    edit(at, length, insert) {
      doc.transact(() => {
        if (length > 0) text.delete(at, length)
        if (insert !== '') text.insert(at, insert)
      })
    },
    arrived: (update) => update,
    apply: (update) => Y.applyUpdate(doc, update),
    text: () => text.toString(),
    snapshot: () => Y.encodeStateAsUpdate(doc),
  }
}

/** @param {Wishes} wishes @returns {Promise<Replica>} */
async function ywasm({ onUpdate, onDelta }) {
  const ywasm = await loadYwasm()
  const doc = new ywasm.YDoc({})
  const text = doc.getText('main')
  if (onUpdate) doc.onUpdate(onUpdate)
  if (onDelta) text.observe((/** @type {{ delta: unknown[], free(): void }} */ event) => onDelta(event.delta))
  return {
    edit(at, length, insert) {
      const transaction = doc.beginTransaction(undefined)
      if (length > 0) text.delete(at, length, transaction)
      if (insert !== '') text.insert(at, insert, undefined, transaction)
      transaction.commit()
      transaction.free()
    },
    arrived: (update) => update,
    apply: (update) => ywasm.applyUpdate(doc, update, undefined),
    text: () => text.toString(undefined),
    snapshot: () => ywasm.encodeStateAsUpdate(doc, undefined),
  }
}
