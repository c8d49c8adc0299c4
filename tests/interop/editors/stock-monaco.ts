// Monaco with y-monaco, unchanged from npm.
import { MonacoBinding } from 'y-monaco'
import { createEditor, editing } from './monaco.ts'
import type { EditorPage, Visit } from './shape.ts'
import { joinStock } from './stock.ts'

export async function stockMonaco(visit: Visit): Promise<EditorPage> {
  const { text, awareness, others } = await joinStock(visit, 'selection')
  const editor = createEditor(visit.parent)
  const model = editor.getModel()
  if (model === null) throw new Error('the editor has no model')
  new MonacoBinding(text, model, new Set([editor]), awareness)
  return { ...editing(editor), ...others }
}
