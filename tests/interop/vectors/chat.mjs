// A chat's segment as Yjs writes it, one document per client ID, and as Yjs reads what Rust wrote (PROTOCOL section 7).
import * as Y from 'yjs'
import { hex } from './bytes.mjs'

const AT = 1_700_000_000_000

/** The run of one client ID: pushed one by one, as no run has anything of others in it.
 * @param {number} client @param {object[]} units @param {number[]} deleted */
const run = (client, units, deleted = []) => {
  const doc = new Y.Doc({ guid: 'run' })
  doc.clientID = client
  const array = doc.getArray('chat')
  for (const unit of units) array.push([unit])
  // From the end, since each deletion moves what follows.
  for (const clock of deleted.toReversed()) array.delete(clock)
  return Y.encodeStateAsUpdate(doc)
}

const ADA = 2 ** 52 + 1
const BOB = 3

const ada = () => run(ADA, [
  { t: 'iam', user: 'ada', name: 'Ada' },
  { t: 'msg', at: AT, text: 'hello \u{1F44B}' },
  { t: 'msg', at: AT + 1, text: 'oops' },
  { t: 'edit', at: AT + 3, of: [ADA, 1], text: 'hello all' },
  { t: 'iam', user: 'ada', name: 'Ada L.' },
  { t: 'msg', at: AT + 4, text: 'as another', re: [BOB, 1], extra: { later: [null, 1.5] } },
  { t: 'poll', at: 'later' },
], [2])

const bob = () => run(BOB, [
  { t: 'iam', user: 'bob', name: 'Bob' },
  { t: 'msg', at: AT + 2, text: 'hi', re: [ADA, 1] },
  { t: 'react', at: AT + 5, of: [ADA, 1], with: '+1', on: true },
  { t: 'msg', at: AT + 6, text: 'of old', re: [7, 8, 9] },
])

/** What `collab-core/tests/chat/yjs.rs` writes, which also says what it is. */
const FROM_RUST =
  '0103818080808080800800080104636861740276030174770369616d04757365727703616461046e616d6577034164617604017477036d' +
  '73670261747d80a0abfef9620474657874770a68656c6c6f20f09f918b02726575027d037d018181808080808080080101888180808080' +
  '8080080204760401747704656469740261747d82a0abfef962026f6675027d81808080808080107d010474657874770968656c6c6f2061' +
  '6c6c76030174770369616d04757365727703616461046e616d657706416461204c2e7604017477036d73670261747d83a0abfef9620474' +
  '6578747705616761696e02726575037d037d017d0776050174770572656163740261747d84a0abfef962026f6675027d037d0104776974' +
  '687704f09f918d026f6e79018180808080808008010201'

/** @param {Uint8Array} update */
const read = (update) => {
  const doc = new Y.Doc({ guid: 'read' })
  Y.applyUpdate(doc, update)
  return doc.getArray('chat').toJSON()
}

export const chat = () => ({
  fromYjs: [hex(ada()), hex(bob()), hex(Y.mergeUpdates([ada(), bob()]))],
  fromRust: { update: FROM_RUST, units: read(Buffer.from(FROM_RUST, 'hex')) },
})
