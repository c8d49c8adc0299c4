// `npm run bench [-- --browser] [--parts a,b] [--histories a,b] [--contenders a,b] [--rounds n] [--limit seconds]`: this package, yjs
// and ywasm on the same histories, in turn within one run. Prints tables; `--json FILE` keeps them, and `--docs`
// writes them into docs/benchmarks/wasm.md.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
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
    parts: { type: 'string', default: 'histories,first,keystrokes' },
    histories: { type: 'string', default: 'friendsforever_flat,automerge-paper' },
    contenders: { type: 'string', default: Object.keys(contenders).join() },
    rounds: { type: 'string', default: '3' },
    limit: { type: 'string', default: '10' },
    json: { type: 'string' },
    docs: { type: 'boolean', default: false },
  },
})
const limitMs = Number(values.limit) * 1000
const parts = values.parts.split(',')
const child = fileURLToPath(new URL('child.mjs', import.meta.url))

/** @typedef {import('./cases.mjs').Measured & { case: string, history: string, contender: string, marks?: object }} Row */

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
  for (const history of parts.includes('histories') ? values.histories.split(',') : []) {
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
  process.stderr.write(`\r\x1b[Kround ${round}: first edit`)
  for (const [load, marks] of Object.entries((parts.includes('first') && (await browser?.firstEdit())) || {})) {
    keep({ case: 'first edit', history: 'a new room', contender: `${load} cache`, ms: marks.edit, edits: 1, isCut: false, marks })
  }
  for (const editor of browser && parts.includes('keystrokes') ? KEYSTROKE_EDITORS : []) {
    process.stderr.write(`\r\x1b[Kround ${round}: keystrokes, ${editor}`)
    const measured = await browser?.keystrokes(editor)
    if (measured) keep({ ...measured, case: 'keystroke', history: '100,000 lines', contender: editor })
  }
}
process.stderr.write('\r\x1b[K')
const where = browser ? `Chromium ${await browser.version()}, wall time` : `Node ${process.version}, CPU time`
await browser?.close()

const rows = [...best.values()]
const load = loadavg()[0]?.toFixed(0) ?? ''
const machine = { where, load, cpu: cpus()[0]?.model ?? '', date: new Date().toISOString(), rounds: Number(values.rounds) }
const shown = tables(rows, machine)
console.log(shown)
if (values.docs) writeSection(values.browser ? 'chromium' : 'node', shown)
// npm runs scripts in the workspace's folder; the name is relative to where the person is.
if (values.json) writeFileSync(path.resolve(process.env['INIT_CWD'] ?? '', values.json), `${JSON.stringify({ ...machine, rows }, null, 1)}\n`)

/** Puts tables between a page's marks. @param {string} name @param {string} text */
function writeSection(name, text) {
  const file = fileURLToPath(new URL('../../../docs/benchmarks/wasm.md', import.meta.url))
  const [begin, end] = [`<!-- ${name}: written by the bench -->`, `<!-- end of ${name} -->`]
  const page = readFileSync(file, 'utf8')
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`no section ${name} in ${file}`)
  writeFileSync(file, `${before}${begin}\n${text}\n${end}${after}`)
}
