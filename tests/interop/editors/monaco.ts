// Monaco as both Monaco pages use it. 0.52.2 is the newest that y-monaco 0.1.6 can import.
import * as monaco from 'monaco-editor/esm/vs/editor/editor.api.js'
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker'
import type { EditorPage } from './shape.ts'

self.MonacoEnvironment = { getWorker: () => new EditorWorker() }

export { monaco }

/** An editor whose suggestions do not interfere with what a test types. */
export function createEditor(parent: HTMLElement): monaco.editor.IStandaloneCodeEditor {
  return monaco.editor.create(parent, {
    value: '',
    language: 'plaintext',
    quickSuggestions: false,
    wordBasedSuggestions: 'off',
    autoClosingBrackets: 'never',
    autoIndent: 'none',
  })
}

export function editing(
  editor: monaco.editor.IStandaloneCodeEditor,
): Pick<EditorPage, 'text' | 'focusEnd' | 'select'> {
  const model = editor.getModel()
  if (model === null) throw new Error('the editor has no model')
  return {
    text: () => model.getValue(),
    focusEnd() {
      editor.focus()
      editor.setPosition(model.getPositionAt(model.getValueLength()))
    },
    select(anchor, head) {
      editor.focus()
      const [from, to] = [model.getPositionAt(anchor), model.getPositionAt(head)]
      editor.setSelection(monaco.Selection.fromPositions(from, to))
    },
  }
}
