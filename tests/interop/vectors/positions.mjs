// Relative positions as JSON, and the index that Yjs resolves each to.
import * as Y from 'yjs'
import { hex } from './bytes.mjs'

const document = () => {
  const doc = new Y.Doc()
  doc.clientID = 5
  doc.getText('main').insert(0, 'one \u{1F600} two three')
  return doc
}

/** All ends and the middle, in both associations. */
const offsets = [0, 1, 4, 6, 7, 16]

/** @param {Y.Doc} doc @param {ReturnType<typeof taken>} positions */
const resolved = (doc, positions) =>
  positions.map(({ taken: offset, json }) => ({
    taken: offset,
    json,
    index: Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc)?.index ?? null,
  }))

/** @param {Y.Doc} doc */
const taken = (doc) =>
  [0, -1].flatMap((assoc) =>
    offsets.map((offset) => ({
      taken: offset,
      json: JSON.parse(JSON.stringify(Y.createRelativePositionFromTypeIndex(doc.getText('main'), offset, assoc))),
    })),
  )

export const positions = () => {
  const doc = document()
  const all = taken(doc)
  const states = [{ name: 'as taken', update: hex(Y.encodeStateAsUpdate(doc)), positions: resolved(doc, all) }]
  doc.getText('main').insert(4, 'inserted ')
  states.push({ name: 'after an insertion before', update: hex(Y.encodeStateAsUpdate(doc)), positions: resolved(doc, all) })
  doc.getText('main').delete(0, 15)
  states.push({ name: 'after a deletion around', update: hex(Y.encodeStateAsUpdate(doc)), positions: resolved(doc, all) })
  return { writtenBy: 'yjs 13.6.33', root: 'main', states }
}
