// Random sessions of our documents and those of Yjs, who edit one text together.
import * as Y from 'yjs'
import type { Peers } from '../harness/peer.ts'

export interface Kind {
  /** Yjs peers make text bold and insert embeds. */
  isRich: boolean
  /** Updates arrive in any order. */
  isUnordered: boolean
}

/** A small deterministic generator (mulberry32). */
export const dice = (seed: number) => (below: number): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
}

const words = ['a', 'fn ', 'x = 1;\n', 'žluť', '\u{1F600}', 'b\u{1F600}\u{1F600}c', 'é', 'hello world ']
const embed = '\ufffc'

/** Somebody in a session. Updates are hex. */
export interface Member {
  readonly name: string
  /** Does something of its own; returns what it sends. */
  act(): Promise<string[]>
  receive(updates: string[]): Promise<string[]>
  /** Text with embeds as U+FFFC, and everything as one update. */
  state(): Promise<{ text: string; snapshot: string }>
}

type Roll = ReturnType<typeof dice>

/** A place between characters, and one a few characters behind it. */
const range = (text: string, roll: Roll): [number, number] => {
  const characters = [...text]
  const from = roll(characters.length + 1)
  const to = Math.min(characters.length, from + roll(5))
  return [characters.slice(0, from).join('').length, characters.slice(0, to).join('').length]
}

const word = (roll: Roll) => words[roll(words.length)] ?? ''

export function ours(peers: Peers, client: number, roll: Roll): Member {
  let text = ''
  const act = async (action: Parameters<Peers['act']>[1]) => {
    const answer = await peers.act(client, action)
    text = answer.text
    return answer.updates
  }
  return {
    name: `ours ${client}`,
    async act() {
      const paused = roll(4) === 0 ? await act({ do: 'pause', ms: 600 }) : []
      const [at, end] = range(text, roll)
      const what = roll(12)
      if (what === 0) return [...paused, ...(await act({ do: 'undo' }))]
      if (what === 1) return [...paused, ...(await act({ do: 'redo' }))]
      const deletes = what < 6 ? end - at : 0
      return [...paused, ...(await act({ do: 'edit', at, delete: deletes, insert: what < 5 ? '' : word(roll) }))]
    },
    receive: (updates) => act({ do: 'receive', updates }),
    async state() {
      const { text, snapshot } = await peers.act(client, { do: 'look' })
      return { text, snapshot }
    },
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

export function yjs(client: number, roll: Roll, kind: Kind): Member {
  const doc = new Y.Doc({ gc: true })
  doc.clientID = client
  const text = doc.getText('main')
  const undo = new Y.UndoManager(text, { captureTimeout: roll(2) === 0 ? 0 : 1_000_000 })
  let sent: string[] = []
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'remote') sent.push(hex(update))
  })
  const shown = () => text.toDelta().map(({ insert }: { insert: unknown }) => (typeof insert === 'string' ? insert : embed)).join('')
  const edit = () => {
    const [at, end] = range(shown(), roll)
    const what = roll(kind.isRich ? 16 : 11)
    if (what < 3) text.delete(at, end - at)
    else if (what < 8) text.insert(at, word(roll))
    else if (what === 8) undo.undo()
    else if (what === 9) undo.redo()
    else if (what === 10) doc.transact(() => [text.insert(at, word(roll)), text.delete(0, 1 + Number(shown().startsWith('\u{1F600}')))])
    else if (what < 15) text.format(at, end - at, { b: roll(2) === 0 ? true : null })
    else text.insertEmbed(at, { image: 'x.png' })
  }
  const taken = () => {
    const updates = sent
    sent = []
    return updates
  }
  return {
    name: `yjs ${client}`,
    async act() {
      edit()
      return taken()
    },
    async receive(updates) {
      for (const update of updates) Y.applyUpdate(doc, bytes(update), 'remote')
      return taken()
    },
    state: async () => ({ text: shown(), snapshot: hex(Y.encodeStateAsUpdate(doc)) }),
  }
}

/** Runs a session until all have all. */
export async function session(members: Member[], steps: number, roll: Roll, kind: Kind): Promise<void> {
  const updates: string[] = []
  const heard = members.map(() => 0)
  const deliver = async (who: number, to: number) => {
    const from = Math.max(0, (heard[who] ?? 0) - roll(3))
    const some = updates.slice(from, to)
    heard[who] = Math.max(heard[who] ?? 0, to)
    if (kind.isUnordered) some.sort(() => roll(2) - 0.5)
    if (some.length > 1 && roll(3) === 0) some.push(hex(Y.mergeUpdates(some.splice(0).map(bytes))))
    updates.push(...((await members[who]?.receive(some)) ?? []))
  }
  for (let step = 0; step < steps; step++) {
    const who = roll(members.length)
    // Offline for a while: some hear much later than others.
    if (roll(3) === 0) await deliver(who, Math.min(updates.length, (heard[who] ?? 0) + roll(40)))
    else updates.push(...((await members[who]?.act()) ?? []))
  }
  while (heard.some((count) => count < updates.length)) {
    for (const who of members.keys()) await deliver(who, updates.length)
  }
}
