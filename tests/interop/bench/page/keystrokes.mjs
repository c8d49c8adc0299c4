// Typing in a document of 100,000 lines: runs of keys at places all over it, each key one change of
// the editor and all that follows from it before the next may come.
import { EditorView } from '@codemirror/view'
import { connect } from 'collab-wasm'
import { collab } from 'collab-wasm/codemirror'
import { bindMonaco } from 'collab-wasm/monaco'
import { yCollab } from 'y-codemirror.next'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { LoopSocket } from '../loop-socket.mjs'

const LINES = 100_000
const [RUNS, KEYS_PER_RUN] = [100, 20]
const TEXT = Array.from({ length: LINES }, (_, i) => `line ${i} of a long file\n`).join('')

/** @typedef {{ type: (at: number, key: string) => void, length: () => number, shared: () => number }} Typist */

/** @type {Record<string, (parent: HTMLElement) => Promise<Typist>>} */
const editors = {
  'codemirror alone': async (parent) => codemirror(new EditorView({ doc: TEXT, parent })),
  'codemirror collab': async (parent) => {
    const file = await openFile()
    const extensions = [collab(file.room, 'main')]
    return codemirror(new EditorView({ doc: file.text.text, parent, extensions }), () => file.text.length)
  },
  'codemirror yjs': async (parent) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, whole())
    doc.on('update', () => undefined)
    const text = doc.getText('main')
    const extensions = [yCollab(text, new Awareness(doc), { undoManager: new Y.UndoManager(text) })]
    return codemirror(new EditorView({ doc: text.toString(), parent, extensions }), () => text.length)
  },
  'monaco alone': async (parent) => monacoTypist(parent, TEXT),
  'monaco collab': async (parent) => {
    const file = await openFile()
    return monacoTypist(parent, file.text.text, file)
  },
}

/** @param {string} name @returns {Promise<import('../cases.mjs').Measured>} */
export async function measureKeystrokes(name) {
  const open = editors[name]
  const parent = document.getElementById('editor')
  if (open === undefined || parent === null) throw new Error(`no editor ${name}`)
  const typist = await open(parent)
  await idle()
  const before = typist.length()
  if (typist.shared() !== before) throw new Error('the editor does not show the document')
  /** @type {number[]} */
  const times = []
  for (let run = 0; run < RUNS; run += 1) {
    // A prime, so that runs are spread over the file.
    const place = (run * 7_368_787) % before
    const started = performance.now()
    for (let key = 0; key < KEYS_PER_RUN; key += 1) typist.type(place + key, 'x')
    times.push(performance.now() - started)
    // The editor draws between runs, as it would between keys; that is no part of the figure.
    await idle()
  }
  const edits = RUNS * KEYS_PER_RUN
  if (typist.length() !== before + edits || typist.shared() !== before + edits) throw new Error('keys were lost')
  // The median: others use the machine, and a run that waited for them says nothing of us.
  times.sort((a, b) => a - b)
  return { ms: (times[RUNS / 2] ?? NaN) * RUNS, edits, isCut: false }
}

const idle = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

/** A document that somebody else wrote. */
function whole() {
  const doc = new Y.Doc()
  doc.getText('main').insert(0, TEXT)
  return Y.encodeStateAsUpdate(doc)
}

async function openFile() {
  const room = await connect('ws://bench', 'bench', { persist: false, WebSocket: LoopSocket })
  await new Promise((resolve) => setTimeout(resolve))
  LoopSocket.latest?.deliver(whole())
  return { room, text: room.files.open('main') }
}

/** @param {EditorView} view @param {() => number} [shared] @returns {Typist} */
function codemirror(view, shared) {
  view.focus()
  const length = () => view.state.doc.length
  return {
    type: (at, key) =>
      view.dispatch({ changes: { from: at, insert: key }, selection: { anchor: at + 1 }, userEvent: 'input.type' }),
    length,
    shared: shared ?? length,
  }
}

/** @param {HTMLElement} parent @param {string} text @param {Awaited<ReturnType<typeof openFile>>} [file] @returns {Promise<Typist>} */
async function monacoTypist(parent, text, file) {
  const monaco = await import('monaco-editor/esm/vs/editor/editor.api.js')
  const editor = monaco.editor.create(parent, { value: text, language: 'plaintext', automaticLayout: false })
  const model = editor.getModel()
  if (model === null) throw new Error('Monaco made no model')
  // The binding's types come from a newer Monaco, with members that it does not use.
  if (file) bindMonaco(file.room, 'main', /** @type {any} */ (editor), /** @type {any} */ (monaco))
  editor.focus()
  const length = () => model.getValueLength()
  return {
    type(at, key) {
      const { lineNumber, column } = model.getPositionAt(at)
      editor.executeEdits('keyboard', [{ range: new monaco.Range(lineNumber, column, lineNumber, column), text: key }])
      editor.setPosition({ lineNumber, column: column + 1 })
    },
    length,
    shared: () => file?.text.length ?? length(),
  }
}
