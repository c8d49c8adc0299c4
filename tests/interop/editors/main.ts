// One editor per page, as the address says: ?client=CLIENT&sync=URL&room=ROOM&name=NAME
import { ourCodemirror, ourMonaco } from './ours.ts'
import type { EditorPage, Visit } from './shape.ts'
import { stockCodemirror } from './stock-codemirror.ts'
import { stockMonaco } from './stock-monaco.ts'

const clients: Record<string, (visit: Visit) => Promise<EditorPage>> = {
  'our-codemirror': ourCodemirror,
  'our-monaco': ourMonaco,
  'stock-codemirror': stockCodemirror,
  'stock-monaco': stockMonaco,
}

const query = new URLSearchParams(location.search)
const parameter = (key: string): string => {
  const value = query.get(key)
  if (value === null) throw new Error(`the address lacks ${key}`)
  return value
}

const open = clients[parameter('client')]
const parent = document.getElementById('editor')
if (open === undefined || parent === null) throw new Error('no such client')
window.editorPage = await open({
  parent,
  sync: parameter('sync'),
  room: parameter('room'),
  name: parameter('name'),
})
