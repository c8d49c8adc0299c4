// CodeMirror 6 with y-codemirror.next, unchanged from npm.
import { EditorView } from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'
import * as Y from 'yjs'
import type { EditorPage, Visit } from './shape.ts'
import { joinStock } from './stock.ts'

export async function stockCodemirror(visit: Visit): Promise<EditorPage> {
  const { text, awareness, others } = await joinStock(visit, 'cursor')
  const undoManager = new Y.UndoManager(text)
  const view = new EditorView({
    doc: text.toString(),
    parent: visit.parent,
    extensions: [yCollab(text, awareness, { undoManager })],
  })
  return {
    text: () => view.state.doc.toString(),
    focusEnd() {
      view.focus()
      view.dispatch({ selection: { anchor: view.state.doc.length } })
    },
    select(anchor, head) {
      view.focus()
      view.dispatch({ selection: { anchor, head } })
    },
    ...others,
  }
}
