// Rows as Markdown: time per edit, and how many times as fast this package is.

/** @typedef {import('./run.mjs').Row} Row */

/** What issue 3 asks for, in Chromium. */
const TARGETS = { 'times as fast as yjs and ywasm': 5, 'ms per keystroke in 100,000 lines': 0.2 }

const TITLES = {
  local: 'local edits, an update for each',
  remote: 'remote updates, a delta for each',
  load: 'load and read the text (ms)',
}

/** @param {Row[]} rows @param {{ where: string, cpu: string, date: string, rounds: number }} machine */
export function tables(rows, machine) {
  const parts = [`${machine.where}; ${machine.cpu}; the least of ${machine.rounds} rounds in turn; ${machine.date}`]
  for (const [which, title] of Object.entries(TITLES)) parts.push(ofCase(rows.filter((row) => row.case === which), title))
  const keystrokes = rows.filter((row) => row.case === 'keystroke')
  if (keystrokes.length > 0) parts.push(ofKeystrokes(keystrokes))
  return parts.join('\n\n')
}

/** @param {Row[]} rows @param {string} title */
function ofCase(rows, title) {
  const contenders = [...new Set(rows.map((row) => row.contender))]
  const others = contenders.filter((name) => !name.startsWith('collab'))
  const ours = contenders.filter((name) => name.startsWith('collab'))
  const pairs = ours.flatMap((mine) => others.map((other) => /** @type {const} */ ([other, mine])))
  const head = [title, ...contenders, ...pairs.map(([other, mine]) => `${other} : ${mine}`), 'target']
  const lines = [...new Set(rows.map((row) => row.history))].map((history) => {
    const time = (/** @type {string} */ name) => perEdit(rows.find((row) => row.contender === name && row.history === history))
    const ratios = pairs.map(([other, mine]) => (time(other).value / time(mine).value).toFixed(1))
    return [history, ...contenders.map((name) => time(name).shown), ...ratios, TARGETS['times as fast as yjs and ywasm']]
  })
  const cut = rows.some((row) => row.isCut) ? ['', '`*`: stopped at the time limit; what was left out would have been slower.'] : []
  return [...table([head, ...lines]), ...cut].join('\n')
}

/** @param {Row[]} rows */
function ofKeystrokes(rows) {
  const target = TARGETS['ms per keystroke in 100,000 lines']
  const bare = (/** @type {string} */ name) => rows.find((row) => row.contender === name.replace(/ .*/, ' alone'))
  const lines = rows.map((row) => {
    const { value } = perEdit(row)
    const editor = perEdit(bare(row.contender)).value
    return [row.contender, (value / 1000).toFixed(3), ((value - editor) / 1000).toFixed(3), target]
  })
  return table([['one keystroke in 100,000 lines', 'ms', 'of it not the editor', 'target'], ...lines]).join('\n')
}

/** Microseconds; milliseconds where there is one edit only. @param {Row | undefined} row */
function perEdit(row) {
  if (row === undefined) return { value: NaN, shown: '-' }
  if (row.edits === 1) return { value: row.ms, shown: row.ms.toFixed(1) }
  const value = (row.ms * 1000) / row.edits
  return { value, shown: `${value.toFixed(1)} us${row.isCut ? '*' : ''}` }
}

/** @param {unknown[][]} lines */
function table([head = [], ...lines]) {
  const line = (/** @type {unknown[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(line)]
}
