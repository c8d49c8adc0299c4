// The stock dialect, PROTOCOL section 3: every message as y-websocket frames it.
import * as encoding from 'lib0/encoding'
import * as auth from 'y-protocols/auth'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as sync from 'y-protocols/sync'
import * as Y from 'yjs'
import { hex, written } from './bytes.mjs'

const messageSync = 0
const messageAwareness = 1
const messageAuth = 2
const messageQueryAwareness = 3

const document = () => {
  const doc = new Y.Doc()
  doc.clientID = 4242
  doc.getText('main').insert(0, 'fn main() {}\n\u{1F980}')
  doc.getText('main').delete(3, 4)
  return doc
}

/** @param {string} name @param {Record<string, string>} message @param {(e: encoding.Encoder) => void} write */
const vector = (name, message, write) => ({ name, message, hex: hex(written(write)) })

const syncMessages = () => {
  const empty = new Y.Doc()
  const doc = document()
  const all = Y.encodeStateAsUpdate(doc)
  const known = Y.encodeStateVector(doc)
  /** @param {(e: encoding.Encoder) => void} write */
  const tagged = (write) => (/** @type {encoding.Encoder} */ encoder) => {
    encoding.writeVarUint(encoder, messageSync)
    write(encoder)
  }
  return [
    vector('step 1 of an empty document', { type: 'step1', body: '00' }, tagged((e) => sync.writeSyncStep1(e, empty))),
    vector('step 1', { type: 'step1', body: hex(known) }, tagged((e) => sync.writeSyncStep1(e, doc))),
    vector('step 2 of an empty document', { type: 'step2', body: '0000' }, tagged((e) => sync.writeSyncStep2(e, empty))),
    vector('step 2 for a newcomer', { type: 'step2', body: hex(all) }, tagged((e) => sync.writeSyncStep2(e, doc))),
    vector('step 2 for one who has all', { type: 'step2', body: hex(Y.encodeStateAsUpdate(doc, known)) },
      tagged((e) => sync.writeSyncStep2(e, doc, known))),
    vector('update', { type: 'update', body: hex(all) }, tagged((e) => sync.writeUpdate(e, all))),
  ]
}

const awarenessMessage = () => {
  const doc = document()
  const awareness = new Awareness(doc)
  awareness.setLocalState({ user: { name: 'Ada', color: '#30bced' } })
  const body = encodeAwarenessUpdate(awareness, [doc.clientID])
  awareness.destroy()
  return vector('awareness', { type: 'awareness', body: hex(body) }, (encoder) => {
    encoding.writeVarUint(encoder, messageAwareness)
    encoding.writeVarUint8Array(encoder, body)
  })
}

const denied = (/** @type {string} */ reason) =>
  vector(`permission denied: ${reason}`, { type: 'permissionDenied', reason }, (encoder) => {
    encoding.writeVarUint(encoder, messageAuth)
    // The reference function ignores the document.
    auth.writePermissionDenied(encoder, reason)
  })

export const plain = () => ({
  writtenBy: 'yjs 13.6.33, y-protocols 1.0.7, lib0 0.2.120',
  messages: [
    ...syncMessages(),
    awarenessMessage(),
    denied(''),
    denied('Zugriff verweigert: für Gäste gesperrt'),
    vector('query awareness', { type: 'queryAwareness' }, (e) => encoding.writeVarUint(e, messageQueryAwareness)),
  ],
})
