// Rows as Markdown: time per edit, how many times as fast this package is, and whether that is enough.

/** @typedef {import('./run.mjs').Row} Row */

/** What issue 3 asks for, in Chromium. */
const TARGETS = { timesAsFast: 5, keystrokeMs: 0.2, firstEditMs: 100 }

const TITLES = {
  local: 'local edits, an update for each',
  remote: 'remote updates, a delta for each',
  load: 'load and read the text (ms)',
}

/** Cases that have a target. */
const JUDGED = ['local', 'remote']

/** @param {Row[]} rows @param {{ where: string, cpu: string, load: string, date: string, rounds: number }} machine */
export function tables(rows, machine) {
  const { where, cpu, load, rounds, date } = machine
  const parts = [`${where}; ${cpu}; load ${load}; the least of ${rounds} rounds in turn; ${date}`]
  const of = (/** @type {string} */ which) => rows.filter((row) => row.case === which)
  for (const which of /** @type {(keyof typeof TITLES)[]} */ (Object.keys(TITLES))) {
    if (of(which).length > 0) parts.push(ofCase(of(which), TITLES[which], JUDGED.includes(which)))
  }
  if (of('keystroke').length > 0) parts.push(ofKeystrokes(of('keystroke')))
  if (of('first edit').length > 0) parts.push(ofFirstEdits(of('first edit')))
  return parts.join('\n\n')
}

/** @param {boolean} isMet */
const verdict = (isMet) => (isMet ? 'met' : 'missed')

/** @param {Row[]} rows @param {string} title @param {boolean} isJudged */
function ofCase(rows, title, isJudged) {
  const contenders = [...new Set(rows.map((row) => row.contender))]
  const others = contenders.filter((name) => !name.startsWith('collab'))
  const ours = contenders.filter((name) => name.startsWith('collab'))
  const pairs = ours.flatMap((mine) => others.map((other) => /** @type {const} */ ([other, mine])))
  const target = isJudged ? [`target ${TARGETS.timesAsFast}`] : []
  const head = [title, ...contenders, ...pairs.map(([other, mine]) => `${other} : ${mine}`), ...target]
  const lines = [...new Set(rows.map((row) => row.history))].map((history) => {
    const time = (/** @type {string} */ name) => perEdit(rows.find((row) => row.contender === name && row.history === history))
    const ratios = pairs.map(([other, mine]) => time(other).value / time(mine).value)
    const judged = isJudged ? [verdict(ratios.every((ratio) => ratio >= TARGETS.timesAsFast))] : []
    return [history, ...contenders.map((name) => time(name).shown), ...ratios.map((ratio) => ratio.toFixed(1)), ...judged]
  })
  const cut = rows.some((row) => row.isCut) ? ['', '`*`: stopped at the time limit; what was left out would have been slower.'] : []
  return [...table([head, ...lines]), ...cut].join('\n')
}

/** @param {Row[]} rows */
function ofKeystrokes(rows) {
  const target = TARGETS.keystrokeMs
  const bare = (/** @type {string} */ name) => rows.find((row) => row.contender === name.replace(/ .*/, ' alone'))
  const lines = rows.map((row) => {
    const { value } = perEdit(row)
    const own = (value - perEdit(bare(row.contender)).value) / 1000
    const judged = row.contender.endsWith('collab') ? verdict(own < target) : ''
    return [row.contender, (value / 1000).toFixed(3), own.toFixed(3), judged]
  })
  return table([['one keystroke in 100,000 lines', 'ms', 'of it not the editor', `target ${target}`], ...lines]).join('\n')
}

/** @param {Row[]} rows */
function ofFirstEdits(rows) {
  const target = TARGETS.firstEditMs
  const lines = rows.map(({ contender, marks, ms }) => [
    contender,
    ...Object.values(marks ?? {}).map((mark) => mark.toFixed(0)),
    verdict(ms < target),
  ])
  const head = ['ms after the navigation began', ...Object.keys(rows[0]?.marks ?? {}), `edit: target ${target}`]
  return table([head, ...lines]).join('\n')
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
