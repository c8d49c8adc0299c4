// All vector files by name. Bytes are lower-case hex.
import { awareness } from './awareness.mjs'
import { chat } from './chat.mjs'
import { lib0 } from './lib0.mjs'
import { plain } from './plain.mjs'
import { positions } from './positions.mjs'
import { updates } from './updates.mjs'
import { v1 } from './v1.mjs'
import { v2 } from './v2.mjs'

export const folder = new URL('../../../collab-core/tests/vectors/', import.meta.url)

/** @returns {Record<string, unknown>} */
export const files = () => ({
  'awareness.json': awareness(),
  'chat.json': chat(),
  'lib0.json': lib0(),
  'plain.json': plain(),
  'positions.json': positions(),
  'updates.json': updates(),
  'v1.json': v1(),
  'v2.json': v2(),
})

/** @param {unknown} contents */
export const render = (contents) => `${JSON.stringify(contents, null, 2)}\n`
