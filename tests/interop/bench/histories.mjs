// Real editing histories from `$COLLAB_TRACES`; each patch also as the update that Yjs makes of it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'

const beside = fileURLToPath(new URL('../../../../shared/traces', import.meta.url))
const folder = process.env['COLLAB_TRACES'] ?? beside

/** @typedef {import('./cases.mjs').History} History */

/** @param {string} name @returns {Pick<History, 'patches' | 'text'>} */
export function readHistory(name) {
  const file = path.join(folder, 'sequential_traces', `${name}.json.gz`)
  const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(file)).toString())
  return { patches: txns.flatMap((/** @type {{ patches: unknown[] }} */ txn) => txn.patches), text: endContent }
}

/** The updates, end to end behind their lengths. Yjs takes seconds to make them, so they are kept. @param {string} name */
export function updatesFile(name) {
  const kept = path.join(tmpdir(), 'collab-bench')
  const file = path.join(kept, `${name}.updates`)
  if (!existsSync(file)) {
    mkdirSync(kept, { recursive: true })
    writeFileSync(file, makeUpdates(readHistory(name).patches))
  }
  return file
}

/** @param {History['patches']} patches */
function makeUpdates(patches) {
  const doc = new Y.Doc()
  doc.clientID = 1
  const text = doc.getText('main')
  /** @type {Uint8Array[]} */
  const updates = []
  doc.on('update', (update) => updates.push(update))
  for (const [at, length, insert] of patches) {
    doc.transact(() => {
      if (length > 0) text.delete(at, length)
      if (insert !== '') text.insert(at, insert)
    })
  }
  updates.push(Y.encodeStateAsUpdate(doc))
  const lengths = Uint32Array.from([updates.length, ...updates.map((update) => update.length)])
  return Buffer.concat([Buffer.from(lengths.buffer), ...updates])
}
