// Updates in both encodings of Yjs, for `log::v2`. Not to be confused with `v1.mjs`, which is about
// the version of our protocol.
import * as Y from 'yjs'
import { hex } from './bytes.mjs'
import { updates } from './updates.mjs'

/** What a document that has only `update` holds, in both encodings.
 * @param {string} name @param {Uint8Array} update */
const state = (name, update) => {
  const doc = new Y.Doc({ guid: 'both' })
  Y.applyUpdate(doc, update)
  return { name, v1: hex(Y.encodeStateAsUpdate(doc)), v2: hex(Y.encodeStateAsUpdateV2(doc)) }
}

/** An update that does not stand alone.
 * @param {string} name @param {Uint8Array} update */
const converted = (name, update) => ({ name, v1: hex(update), v2: hex(Y.convertUpdateFormatV1ToV2(update)) })

/** JSON in v1, values in v2. */
const jsonValues = () => [
  null, true, false, '', 'quote " and \\ and \u0001\u001f\b\f\n\r\t\u007f\u2028 ünï\u{1F600}', [], {}, [[], [{}]],
  0, 1, -1, 63, 64, -64, 8191, 8192, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 0.5, 0.1, -1.25e-300, 1e300, 5e-324,
  1e21, 1e20, 123456789012345680000, 1e-6, 1e-7, 1.5e-7, 123.456, 1 / 3, 16777217, 3.4028234663852886e38,
  { b: 1, a: [1, { c: null }], 10: 'ten', 9: 'nine', '01': 'no index', 4294967295: 'none either', 4294967294: 'one' },
]

const valuesInMarksAndEmbeds = () => {
  const doc = new Y.Doc()
  doc.clientID = 7
  const text = doc.getText('main')
  jsonValues().forEach((value, i) => {
    text.insertEmbed(text.length, { value })
    text.insert(text.length, `${i} `, { mark: value ?? 'null' })
  })
  return Y.encodeStateAsUpdate(doc)
}

/** Half pairs: v2 keeps them, v1 cannot. */
const lonelySurrogates = () => {
  const doc = new Y.Doc()
  doc.clientID = 8
  doc.getText('main').insert(0, 'a\ud83d')
  doc.getText('main').insert(0, '\ude00b')
  doc.getText('main').insert(0, '\ud83d')
  doc.getText('main').insert(3, 'c')
  return Y.encodeStateAsUpdateV2(doc)
}

/** What v1 says otherwise, as the reference reads it.
 * @param {string} name @param {Uint8Array} update */
const readOnly = (name, update) => ({ name, v2: hex(update), v1: hex(Y.convertUpdateFormatV2ToV1(update)) })

const undefinedInValues = () => {
  const doc = new Y.Doc()
  doc.clientID = 9
  doc.getText('main').insertEmbed(0, { gone: undefined, kept: [undefined, 1], nan: NaN, zero: -0 })
  return Y.encodeStateAsUpdateV2(doc)
}

/** Values that JSON does not know. */
const beyondJson = () =>
  [new Uint8Array([1]), [2n], undefined].map((value, i) => {
    const doc = new Y.Doc()
    doc.clientID = 10
    doc.getText('main').insert(0, 'x', { mark: value })
    return { name: ['binary', 'big integer', 'undefined'][i], v2: hex(Y.encodeStateAsUpdateV2(doc)) }
  })

const bytesOf = (/** @type {string} */ text) => Uint8Array.from(Buffer.from(text, 'hex'))

export const v2 = () => ({
  writtenBy: 'yjs 13.6.33',
  // Each encoding gives the other, byte for byte.
  both: [
    ...updates().updates.map(({ name, hex: bytes, stateVector }) =>
      (stateVector === null ? converted : state)(name, bytesOf(bytes))),
    state('values in marks and embeds', valuesInMarksAndEmbeds()),
  ],
  // v2 gives this v1, which does not give it back.
  readOnly: [readOnly('lonely surrogates', lonelySurrogates()), readOnly('undefined in values', undefinedInValues())],
  refused: beyondJson(),
})
