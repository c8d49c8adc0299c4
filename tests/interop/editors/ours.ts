// The same editors with this project's client and bindings.
import { EditorView } from '@codemirror/view'
import { type Room, connect } from 'collab-wasm'
import { collab } from 'collab-wasm/codemirror'
import { bindMonaco } from 'collab-wasm/monaco'
import { createEditor, editing, monaco } from './monaco.ts'
import type { EditorPage, Visit } from './shape.ts'

const file = 'main'

export async function ourMonaco(visit: Visit): Promise<EditorPage> {
  const { room, others } = await join(visit)
  const editor = createEditor(visit.parent)
  // The binding's types come from a newer Monaco, with members that the binding does not use.
  const [, , ...newer] = [room, file, editor, monaco] as unknown as Parameters<typeof bindMonaco>
  bindMonaco(room, file, ...newer)
  return { ...editing(editor), ...others }
}

export async function ourCodemirror(visit: Visit): Promise<EditorPage> {
  const { room, others } = await join(visit)
  const view = new EditorView({ parent: visit.parent, extensions: [collab(room, file)] })
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

type Others = Pick<EditorPage, 'connects' | 'names' | 'selections'>

async function join(visit: Visit): Promise<{ room: Room; others: Others }> {
  let connects = 0
  class CountedWebSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      this.addEventListener('open', () => {
        connects += 1
      })
    }
  }
  const room = await connect(visit.sync, visit.room, {
    user: { name: visit.name },
    WebSocket: CountedWebSocket,
  })
  await new Promise<void>((resolve) => {
    const check = () => {
      if (room.status.phase === 'saved' || room.status.phase === 'synced') resolve()
    }
    room.on('status', check)
    check()
  })
  const people = () => room.presence.list().filter((person) => !person.self)
  return {
    room,
    others: {
      connects: () => connects,
      names: () => people().map((person) => person.name),
      selections: () =>
        people().flatMap(({ cursor }) => (cursor === null ? [] : [`${cursor.anchor}-${cursor.head}`])),
    },
  }
}
