// What is measured. Each runs in a process or page of its own, so that nobody inherits a warm heap.
import { contenders } from './contenders.mjs'

/**
 * @typedef {[at: number, length: number, text: string]} Patch
 * @typedef {object} History
 * @property {Patch[]} patches
 * @property {string} text what they lead to
 * @property {Uint8Array[]} updates each patch as Yjs writes it
 * @property {Uint8Array} whole all of them as one update
 */

/**
 * @typedef {object} Measured
 * @property {number} ms
 * @property {number} edits how many were done
 * @property {boolean} isCut the time was up before all were done
 */

/** @typedef {{ contender: string, wasm?: URL | BufferSource | undefined, limitMs: number, clock: () => number }} Setting */

/** @type {Record<string, { title: string, run: (history: History, setting: Setting) => Promise<Measured> }>} */
export const cases = {
  local: { title: 'local edits, an update emitted for each', run: local },
  remote: { title: 'remote updates, a delta for each', run: remote },
  load: { title: 'load a document and read its text', run: load },
}

/** How often the clock is read. */
const EDITS_PER_LOOK = 1_024

/** @param {History} history @param {Setting} setting @returns {Promise<Measured>} */
async function local(history, setting) {
  let updates = 0
  const replica = await open(setting, { onUpdate: () => (updates += 1) })
  const measured = repeat(history.patches, setting, ([at, length, text]) => replica.edit(at, length, text))
  expectEqual(updates, measured.edits, 'updates')
  if (!measured.isCut) expectEqual(replica.text(), history.text, 'text')
  return measured
}

/** @param {History} history @param {Setting} setting @returns {Promise<Measured>} */
async function remote(history, setting) {
  let deltas = 0
  const replica = await open(setting, {
    onDelta: (delta) => {
      if (delta.length > 0) deltas += 1
    },
  })
  const arrived = history.updates.map(replica.arrived)
  const measured = repeat(arrived, setting, replica.apply)
  expectEqual(deltas, measured.edits, 'deltas')
  if (!measured.isCut) expectEqual(replica.text(), history.text, 'text')
  return measured
}

/** @param {History} history @param {Setting} setting @returns {Promise<Measured>} */
async function load(history, setting) {
  const replica = await open(setting, {})
  const arrived = replica.arrived(history.whole)
  const started = setting.clock()
  replica.apply(arrived)
  const text = replica.text()
  const ms = setting.clock() - started
  expectEqual(text, history.text, 'text')
  return { ms, edits: 1, isCut: false }
}

/** @param {Setting} setting @param {import('./contenders.mjs').Wishes} wishes */
function open(setting, wishes) {
  const create = contenders[setting.contender]
  if (create === undefined) throw new Error(`no contender ${setting.contender}`)
  return create({ ...wishes, ...(setting.wasm && { wasm: setting.wasm }) })
}

/**
 * @template T
 * @param {T[]} all @param {Setting} setting @param {(each: T) => void} run
 * @returns {Measured}
 */
function repeat(all, { clock, limitMs }, run) {
  const started = clock()
  let edits = 0
  for (const each of all) {
    run(each)
    edits += 1
    if (edits % EDITS_PER_LOOK === 0 && clock() - started > limitMs) break
  }
  return { ms: clock() - started, edits, isCut: edits < all.length }
}

/** @param {unknown} found @param {unknown} expected @param {string} what */
function expectEqual(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: ${String(found).slice(0, 60)}, not ${String(expected).slice(0, 60)}`)
}
