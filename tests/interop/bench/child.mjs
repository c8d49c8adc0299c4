// One measurement in Node: `node child.mjs CONTENDER CASE HISTORY LIMIT_MS`. Prints it as JSON; the
// time is that of the processor, since others use the machine.
import { readFileSync } from 'node:fs'
import { fast } from 'collab-wasm/fast'
import { cases } from './cases.mjs'
import { readHistory, updatesFile } from './histories.mjs'
import { splitUpdates } from './updates.mjs'

const [contender = '', which = '', name = '', limit = ''] = process.argv.slice(2)
const chosen = cases[which]
if (chosen === undefined) throw new Error(`no case ${which}`)

const kept = readFileSync(updatesFile(name))
const bytes = kept.buffer.slice(kept.byteOffset, kept.byteOffset + kept.length)
const history = { ...readHistory(name), ...splitUpdates(/** @type {ArrayBuffer} */ (bytes)) }
const measured = await chosen.run(history, {
  contender,
  wasm: contender === 'collab fast' ? fast : undefined,
  limitMs: Number(limit),
  clock: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
})
process.stdout.write(JSON.stringify(measured))
process.exit()
