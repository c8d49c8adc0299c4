// Real updates of Yjs with every kind of content, for `log::check` and for documents.
import * as Y from 'yjs'
import { hex } from './bytes.mjs'

/** @param {number} client @param {boolean} [gc] */
const document = (client, gc = true) => {
  const doc = new Y.Doc({ gc, guid: `doc-${client}` })
  doc.clientID = client
  return doc
}

/** @param {Y.Doc} doc */
const stateOf = (doc) => ({
  stateVector: hex(Y.encodeStateVector(doc)),
  text: doc.share.has('main') ? doc.getText('main').toString() : '',
})

/** The whole state of a document that `fill` wrote.
 * @param {string} name @param {(doc: Y.Doc) => void} fill @param {number} [client] */
const whole = (name, fill, client = 1) => {
  const doc = document(client)
  fill(doc)
  return { name, hex: hex(Y.encodeStateAsUpdate(doc)), ...stateOf(doc) }
}

/** Every value that a map or array may hold. */
const values = () => [
  null, undefined, true, false, 0, -0, 1, -1, 63, 64, -64, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 0.5, -1.25e-300, 1e300, 2n ** 62n - 1n,
  '', 'text', 'ünï\u{1F600}', [], [1, [2, [3]]], {}, { a: { b: [{ c: null }] } }, new Uint8Array([0, 1, 255]),
]

const texts = () => [
  whole('empty document', () => {}),
  whole('inserted text', (doc) => doc.getText('main').insert(0, 'hello')),
  whole('typed character by character', (doc) => {
    for (const [i, c] of [...'fn main() {\n}\n'].entries()) doc.getText('main').insert(i, c)
  }),
  whole('inserted in the middle', (doc) => {
    doc.getText('main').insert(0, 'ac')
    doc.getText('main').insert(1, 'b')
  }),
  whole('deleted text', (doc) => {
    doc.getText('main').insert(0, 'hello world')
    doc.getText('main').delete(2, 7)
  }),
  whole('everything deleted', (doc) => {
    doc.getText('main').insert(0, 'gone')
    doc.getText('main').delete(0, 4)
  }),
  whole('surrogate pairs', (doc) => {
    doc.getText('main').insert(0, 'a\u{1F600}b\u{1F468}\u200d\u{1F469}\u200d\u{1F467}c')
    doc.getText('main').insert(3, '|')
    doc.getText('main').delete(1, 2)
  }),
  whole('a split surrogate pair', (doc) => {
    doc.getText('main').insert(0, 'a\u{1F600}b')
    doc.getText('main').insert(2, 'x')
  }),
  whole('formatted text', (doc) => {
    doc.getText('main').insert(0, 'plain bold', {})
    doc.getText('main').format(6, 4, { bold: true, link: { href: 'https://example.org' } })
    doc.getText('main').format(6, 2, { bold: null })
  }),
  whole('embeds in text', (doc) => {
    doc.getText('main').insert(0, 'ab')
    doc.getText('main').insertEmbed(1, { image: 'x.png', width: 3 }, { align: 'left' })
    doc.getText('main').insertEmbed(0, new Y.Map([['kind', 'nested']]))
  }),
  whole('large client ID', (doc) => doc.getText('main').insert(0, 'x'), 2 ** 53 - 1),
  whole('long text', (doc) => doc.getText('main').insert(0, 'long line\n'.repeat(500))),
]

const types = () => [
  whole('map with every value', (doc) => values().forEach((value, i) => doc.getMap('map').set(`key ${i}`, value))),
  whole('map key overwritten and deleted', (doc) => {
    const map = doc.getMap('files')
    map.set('main.name', 'a.rs')
    map.set('main.name', 'b.rs')
    map.set('main.order', 1)
    map.delete('main.order')
  }),
  whole('array with every value', (doc) => doc.getArray('array').insert(0, values().filter((value) => value !== undefined && typeof value !== 'bigint'))),
  whole('array with deletions', (doc) => {
    doc.getArray('array').insert(0, [1, 2, 3, 4])
    doc.getArray('array').delete(1, 2)
    doc.getArray('array').insert(1, ['between'])
  }),
  whole('nested types', (doc) => {
    const inner = new Y.Map()
    doc.getArray('array').insert(0, [inner, new Y.Text('in an array')])
    inner.set('list', Y.Array.from([1, new Y.Map([['deep', new Y.Text('deeper')]])]))
  }),
  whole('deleted nested types, garbage collected', (doc) => {
    const inner = new Y.Map()
    doc.getMap('map').set('inner', inner)
    inner.set('text', new Y.Text('collected'))
    doc.getMap('map').delete('inner')
  }),
  whole('xml', (doc) => {
    const element = new Y.XmlElement('p')
    element.setAttribute('class', 'wide')
    const text = new Y.XmlText('content')
    text.format(0, 3, { em: {} })
    element.insert(0, [text, new Y.XmlElement('br')])
    doc.getXmlFragment('xml').insert(0, [element])
  }),
  whole('subdocuments', (doc) => {
    doc.getMap('map').set('loaded', new Y.Doc({ guid: 'sub-1', autoLoad: true }))
    doc.getMap('map').set('lazy', new Y.Doc({ guid: 'sub-2', gc: false, meta: { title: 'x' } }))
  }),
  whole('binary', (doc) => doc.getMap('map').set('bytes', Uint8Array.from({ length: 300 }, (_, i) => i % 256))),
]

/** Several authors, and updates that are not whole states. */
const histories = () => {
  const [a, b] = [document(10), document(20)]
  a.getText('main').insert(0, 'shared ')
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a))
  const known = Y.encodeStateVector(b)
  a.getText('main').insert(7, 'from a')
  b.getText('main').insert(7, 'from b')
  b.getText('main').delete(0, 3)
  const [fromA, fromB] = [Y.encodeStateAsUpdate(a, known), Y.encodeStateAsUpdate(b, known)]
  const before = Y.encodeStateVector(a)
  Y.applyUpdate(a, fromB)
  const merged = stateOf(a)
  const onlyDeletes = document(11)
  Y.applyUpdate(onlyDeletes, Y.encodeStateAsUpdate(a))
  const beforeDelete = Y.encodeStateVector(onlyDeletes)
  onlyDeletes.getText('main').delete(0, 2)
  return [
    { name: 'two authors', hex: hex(Y.encodeStateAsUpdate(a)), ...merged },
    { name: 'diff with what it builds on elsewhere', hex: hex(fromA), stateVector: null, text: null },
    { name: 'diff against a state vector', hex: hex(Y.encodeStateAsUpdate(a, before)), stateVector: null, text: null },
    { name: 'deletions only', hex: hex(Y.encodeStateAsUpdate(onlyDeletes, beforeDelete)), stateVector: null, text: null },
    { name: 'merged with a gap', hex: hex(withGap()), stateVector: null, text: null },
  ]
}

/** First and third of three updates: Yjs writes a skip between them. */
const withGap = () => {
  const doc = document(30)
  /** @type {Uint8Array[]} */
  const sent = []
  doc.on('update', (update) => sent.push(update))
  for (const word of ['one', 'two', 'three']) doc.getText('main').insert(0, word)
  return Y.mergeUpdates(sent.filter((_, i) => i !== 1))
}

export const updates = () => ({
  writtenBy: 'yjs 13.6.33',
  // `stateVector` and `text` (root text `main`) are those of a document that has only this update;
  // null where it does not stand alone.
  updates: [...texts(), ...types(), ...histories()],
  // Well-formed, but refused: yrs 0.28.1 does not read these.
  unportable: [whole('xml hook', (doc) => doc.getMap('map').set('hook', new Y.XmlHook('hook')))],
})
