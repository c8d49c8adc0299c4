// `npm run bench [-- --browser] [--histories a,b] [--contenders a,b] [--rounds n] [--limit seconds]`: this package, yjs
// and ywasm on the same histories, in turn within one run. Prints tables; `--json FILE` keeps them.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { contenders } from './contenders.mjs'
import { openBrowser } from './browser.mjs'
import { KEYSTROKE_EDITORS } from './page/editors.mjs'
import { tables } from './tables.mjs'

const { values } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    histories: { type: 'string', default: 'friendsforever_flat,automerge-paper' },
    contenders: { type: 'string', default: Object.keys(contenders).join() },
    rounds: { type: 'string', default: '3' },
    limit: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
})
const limitMs = Number(values.limit) * 1000
const child = fileURLToPath(new URL('child.mjs', import.meta.url))

/** @typedef {import('./cases.mjs').Measured & { case: string, history: string, contender: string }} Row */

/** @type {Map<string, Row>} */
const best = new Map()
/** The least time of all rounds counts: whatever else the machine did only adds. @param {Row} row */
const keep = (row) => {
  const key = [row.case, row.history, row.contender].join()
  const known = best.get(key)
  if (known === undefined || row.ms / row.edits < known.ms / known.edits) best.set(key, row)
}

const browser = values.browser ? await openBrowser() : undefined
for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const history of values.histories.split(',')) {
    for (const which of Object.keys(cases)) {
      for (const contender of values.contenders.split(',')) {
        process.stderr.write(`\r\x1b[Kround ${round}: ${which}, ${history}, ${contender}`)
        const measured = browser
          ? await browser.measure({ contender, which, history, limitMs })
          : JSON.parse(execFileSync('node', [child, contender, which, history, String(limitMs)], { stdio: 'pipe' }).toString())
        keep({ ...measured, case: which, history, contender })
      }
    }
  }
  for (const editor of browser ? KEYSTROKE_EDITORS : []) {
    process.stderr.write(`\r\x1b[Kround ${round}: keystrokes, ${editor}`)
    const measured = await browser?.keystrokes(editor)
    if (measured) keep({ ...measured, case: 'keystroke', history: '100,000 lines', contender: editor })
  }
}
process.stderr.write('\r\x1b[K')
const where = browser ? `Chromium ${await browser.version()}, wall time` : `Node ${process.version}, CPU time`
await browser?.close()

const rows = [...best.values()]
const machine = { where, cpu: cpus()[0]?.model ?? '', date: new Date().toISOString(), rounds: Number(values.rounds) }
console.log(tables(rows, machine))
// npm runs scripts in the workspace's folder; the name is relative to where the person is.
if (values.json) writeFileSync(path.resolve(process.env['INIT_CWD'] ?? '', values.json), `${JSON.stringify({ ...machine, rows }, null, 1)}\n`)
