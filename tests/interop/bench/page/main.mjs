// The page of the bench: one measurement per page load, asked for by `browser.mjs`.
import { fast } from 'collab-wasm/fast'
import { cases } from '../cases.mjs'
import { splitUpdates } from '../updates.mjs'
import { measureKeystrokes } from './keystrokes.mjs'

/** @typedef {{ contender: string, which: string, history: string, limitMs: number } | { editor: string }} Task */

Object.assign(window, {
  /** @param {Task} task */
  bench: (task) => ('editor' in task ? measureKeystrokes(task.editor) : measure(task)),
})

/** @param {Extract<Task, { which: string }>} task */
async function measure({ contender, which, history, limitMs }) {
  const chosen = cases[which]
  if (chosen === undefined) throw new Error(`no case ${which}`)
  const [patches, updates] = await Promise.all([
    fetch(`/history/${history}`).then((response) => response.json()),
    fetch(`/updates/${history}`).then((response) => response.arrayBuffer()),
  ])
  return chosen.run(
    { ...patches, ...splitUpdates(updates) },
    { contender, wasm: contender === 'collab fast' ? fast : undefined, limitMs, clock: () => performance.now() },
  )
}
