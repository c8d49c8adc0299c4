// Frames of `collab.v1`, written from PROTOCOL section 4 with lib0's encoder and nothing of ours.
import * as encoding from 'lib0/encoding'
import { hex, written } from './bytes.mjs'

/** A field's shape and value: `['uint', 5]`, `['string', 'x']`, `['bytes', '00ff']`.
 * @typedef {['uint', number] | ['string', string] | ['bytes', string] | ['strings', string[]]} Field */

/** @param {encoding.Encoder} encoder @param {Field} field */
const writeField = (encoder, [shape, value]) => {
  if (shape === 'uint') encoding.writeVarUint(encoder, value)
  else if (shape === 'string') encoding.writeVarString(encoder, value)
  else if (shape === 'strings') {
    encoding.writeVarUint(encoder, value.length)
    value.forEach((text) => encoding.writeVarString(encoder, text))
  }
  else encoding.writeVarUint8Array(encoder, Uint8Array.from(Buffer.from(value, 'hex')))
}

/** @param {string} type @param {number} number @param {number} channel @param {Record<string, Field>} fields */
const frame = (type, number, channel, fields) => ({
  type,
  channel,
  fields: Object.fromEntries(Object.entries(fields).map(([name, [, value]]) => [name, value])),
  hex: hex(
    written((encoder) => {
      encoding.writeVarUint(encoder, channel)
      encoding.writeVarUint(encoder, number)
      Object.values(fields).forEach((field) => writeField(encoder, field))
    }),
  ),
})

/** @returns {Record<string, Field>} */
const grant = (/** @type {string} */ user, /** @type {number} */ access, /** @type {number} */ expiresAtMs) => ({
  user: ['string', user],
  access: ['uint', access],
  expiresAtMs: ['uint', expiresAtMs],
})

/** Last in its message, where a grant got it. @returns {Record<string, Field>} */
const name = (/** @type {string} */ text) => ({ name: ['string', text] })

/** @type {Record<string, Field>} */
const limits = {
  frameMaxBytes: ['uint', 4 * 2 ** 20 + 64 * 1024],
  updateMaxBytes: ['uint', 4 * 2 ** 20],
  awarenessMaxBytes: ['uint', 16 * 1024],
  signalMaxBytes: ['uint', 64 * 1024],
}

const update = '010105000401046d61696e02686900'

/** No deletions, under the key 00 01 .. 0f. */
const emptyDigest = '000102030405060708090a0b0c0d0e0f00'

/** Client 5 deleted 0..4, 9..10 and 20..22: buckets of 16 and 8 clocks, hashed by the SipHash paper's own code. */
const digest = '000102030405060708090a0b0c0d0e0f0105021098dbdfcc9c669d1808f95bdcd44310569b'

const connection = () => [
  frame('hello', 16, 0, { version: ['uint', 1], token: ['string', ''] }),
  frame('hello', 16, 0, { version: ['uint', 1], token: ['string', 'header.payload.signature'] }),
  frame('welcome', 17, 0, {
    version: ['uint', 1], peer: ['uint', 77], ...grant('', 1, 0), ...limits, flags: ['uint', 1], ...name(''),
  }),
  frame('welcome', 17, 0, {
    version: ['uint', 1], peer: ['uint', 2 ** 40], ...grant('zoë@example.org', 0, 1790000000000), ...limits, flags: ['uint', 0],
    ...name('Zoë'),
  }),
  frame('welcome', 17, 0, {
    version: ['uint', 1], peer: ['uint', 2], ...grant('', 1, 0), ...limits, flags: ['uint', 3], ...name(''),
  }),
  frame('welcome', 17, 0, {
    version: ['uint', 1], peer: ['uint', 3], ...grant('gq6cxpr4yxz3fjlo', 1, 0), ...limits, flags: ['uint', 7], ...name(''),
  }),
  frame('token', 25, 0, { token: ['string', 'fresh'] }),
  frame('grant', 26, 0, { ...grant('ada', 1, 1790000000000), ...name('') }),
  frame('grant', 26, 0, { ...grant('u7', 1, 0), ...name('Ada Lovelace') }),
  frame('list', 33, 0, { prefix: ['string', 'dm/'] }),
  frame('listed', 34, 0, { prefix: ['string', 'chat/'], names: ['strings', []] }),
  frame('listed', 34, 0, { prefix: ['string', 'dm/'], names: ['strings', ['dm/ada/bob/0', 'dm/ada/g2/12']] }),
  frame('signal', 27, 0, { peer: ['uint', 300], payload: ['bytes', '00ff10'] }),
  frame('signal', 27, 0, { peer: ['uint', 1], payload: ['bytes', ''] }),
  frame('ping', 29, 0, { nonce: ['uint', 0] }),
  frame('pong', 30, 0, { nonce: ['uint', Number.MAX_SAFE_INTEGER] }),
]

const channels = () => [
  frame('open', 18, 0, { name: ['string', 'doc'] }),
  frame('opened', 19, 1, { name: ['string', 'doc'], access: ['uint', 1] }),
  frame('opened', 19, 200, { name: ['string', 'chat/general_2-x'], access: ['uint', 0] }),
  frame('close', 20, 1, {}),
  frame('push', 21, 1, { seq: ['uint', 1], update: ['bytes', update] }),
  frame('push', 21, 128, { seq: ['uint', 1000000], update: ['bytes', '0000'] }),
  frame('ask', 31, 1, { stateVector: ['bytes', '010501'], digest: ['bytes', digest] }),
  frame('ask', 31, 130, { stateVector: ['bytes', '00'], digest: ['bytes', emptyDigest] }),
  frame('differ', 32, 1, { buckets: ['bytes', '02008201'] }),
  frame('differ', 32, 1, { buckets: ['bytes', '00'] }),
  frame('received', 22, 1, { seq: ['uint', 1] }),
  frame('durable', 23, 1, { seq: ['uint', 129] }),
  frame('error', 24, 1, { code: ['uint', 21], seq: ['uint', 3], detail: ['string', 'nested too deeply'] }),
  frame('error', 24, 0, { code: ['uint', 30], seq: ['uint', 0], detail: ['string', ''] }),
  frame('error', 24, 1, { code: ['uint', 35], seq: ['uint', 9], detail: ['string', '2500'] }),
]

const events = () => [
  frame('event', 28, 1, { kind: ['uint', 0], payload: ['bytes', ''] }),
  frame('event', 28, 0, { kind: ['uint', 1], payload: ['bytes', 'e807'] }),
  frame('event', 28, 0, { kind: ['uint', 2], payload: ['bytes', '00'] }),
  frame('event', 28, 0, { kind: ['uint', 3], payload: ['bytes', '4d03616461'] }),
  frame('event', 28, 0, { kind: ['uint', 4], payload: ['bytes', '4d'] }),
  frame('event', 28, 0, { kind: ['uint', 99], payload: ['bytes', 'ff'] }),
]

/** Stock messages behind a channel number. */
const stock = () => [
  frame('step1', 0, 1, { tag: ['uint', 0], body: ['bytes', '00'] }),
  frame('step2', 0, 1, { tag: ['uint', 1], body: ['bytes', '0000'] }),
  frame('update', 0, 2, { tag: ['uint', 2], body: ['bytes', update] }),
  frame('awareness', 1, 1, { body: ['bytes', '010501027b7d'] }),
  frame('queryAwareness', 3, 1, {}),
]

export const v1 = () => ({
  writtenBy: 'lib0 0.2.120, from PROTOCOL section 4',
  frames: [...connection(), ...channels(), ...events(), ...stock()],
})
