// Awareness updates of y-protocols: states, removals, several clients.
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { hex } from './bytes.mjs'

/** @param {number} client @param {Record<string, unknown> | null} state */
const person = (client, state) => {
  const doc = new Y.Doc()
  doc.clientID = client
  const awareness = new Awareness(doc)
  awareness.setLocalState(state)
  return awareness
}

/** What `awareness` knows of `clients`, and the bytes that say so.
 * @param {string} name @param {Awareness} awareness @param {number[]} clients */
const vector = (name, awareness, clients) => ({
  name,
  entries: clients.map((client) => ({
    client,
    clock: awareness.meta.get(client)?.clock ?? 0,
    json: JSON.stringify(awareness.states.get(client) ?? null),
  })),
  hex: hex(encodeAwarenessUpdate(awareness, clients)),
})

const cursorState = () => {
  const text = new Y.Doc().getText('main')
  text.insert(0, 'hello')
  const anchor = Y.createRelativePositionFromTypeIndex(text, 5)
  const head = Y.createRelativePositionFromTypeIndex(text, 5, -1)
  const range = { anchor: { ...anchor, item: { client: 7, clock: 4 } }, head: { ...head, item: { client: 7, clock: 4 } } }
  return { user: { name: 'Grace', color: '#ecd444', colorLight: '#ecd44433' }, cursor: range, selection: range }
}

export const awareness = () => {
  const ada = person(1, { user: { name: 'Ada' } })
  const unicode = person(2 ** 32 - 1, { user: { name: '\u{1F469}\u200d\u{1F4BB} "Zoë"\n<b>' }, empty: {}, list: [1, -2.5, true, null] })
  const cursor = person(7, cursorState())
  const bare = person(300, {})
  const known = [ada, unicode, cursor, bare]
  const vectors = [
    vector('nobody', ada, []),
    vector('one client', ada, [1]),
    vector('unicode in names and keys', unicode, [2 ** 32 - 1]),
    vector('cursor and selection', cursor, [7]),
    vector('empty state', bare, [300]),
  ]
  for (const other of known.slice(1)) {
    applyAwarenessUpdate(ada, encodeAwarenessUpdate(other, [other.clientID]), 'remote')
  }
  const clients = known.map((one) => one.clientID)
  vectors.push(vector('several clients', ada, clients))
  for (let turn = 0; turn < 200; turn += 1) ada.setLocalStateField('turn', turn)
  vectors.push(vector('a clock of two bytes', ada, [1]))
  // A removal of somebody else keeps the clock, one's own raises it.
  removeAwarenessStates(ada, [7], 'timeout')
  vectors.push(vector('removal of another client', ada, [7]))
  ada.setLocalState(null)
  vectors.push(vector('own removal among others', ada, clients))
  known.forEach((one) => one.destroy())
  return { writtenBy: 'y-protocols 1.0.7, yjs 13.6.33', updates: vectors }
}
