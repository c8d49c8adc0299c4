// What both stock pages share: Yjs, y-websocket and its awareness, as their documentation shows.
import type { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket-3'
import * as Y from 'yjs'
import type { EditorPage, Visit } from './shape.ts'

export interface StockRoom {
  doc: Y.Doc
  text: Y.Text
  awareness: Awareness
  /** The part of the page that has to do with others. */
  others: Pick<EditorPage, 'connects' | 'names' | 'selections'>
}

/** Joins, and resolves once the room's text is here. `field` is where the binding puts cursors. */
export async function joinStock(visit: Visit, field: 'cursor' | 'selection'): Promise<StockRoom> {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(visit.sync, visit.room, doc)
  let connects = 0
  provider.on('status', ({ status }) => {
    if (status === 'connected') connects += 1
  })
  provider.awareness.setLocalStateField('user', { name: visit.name, color: '#30bced', colorLight: '#30bced33' })
  await new Promise<void>((resolve) => {
    provider.on('sync', (isSynced: boolean) => {
      if (isSynced) resolve()
    })
  })
  return {
    doc,
    text: doc.getText('main'),
    awareness: provider.awareness,
    others: {
      connects: () => connects,
      names: () => otherStates(provider.awareness, doc).map((state) => state.user?.name ?? ''),
      selections: () => otherStates(provider.awareness, doc).flatMap((state) => resolved(state[field], doc)),
    },
  }
}

interface Range {
  anchor: unknown
  head: unknown
}

type State = { user?: { name?: string }; cursor?: Range | null; selection?: Range | null }

function otherStates(awareness: Awareness, doc: Y.Doc): State[] {
  return [...awareness.getStates()].filter(([client]) => client !== doc.clientID).map(([, state]) => state)
}

function resolved(range: Range | null | undefined, doc: Y.Doc): string[] {
  if (range === null || range === undefined) return []
  const ends = [range.anchor, range.head].map((end) => {
    const position = Y.createRelativePositionFromJSON(end)
    return Y.createAbsolutePositionFromRelativePosition(position, doc)?.index
  })
  return [ends.join('-')]
}
