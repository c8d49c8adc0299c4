// Yjs itself as a witness: our documents and its documents edit one text, and end with one state.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Peers, startPeers } from '../harness/peer.ts'
import { type Kind, dice, ours, session, yjs } from './world.ts'

const sessions = 30
const steps = 120

let peers: Peers

beforeAll(() => {
  peers = startPeers()
})

afterAll(() => peers.close())

/** Client IDs that no other session has, in no order. */
const clients = (seed: number) => [3, 1, 4, 2].map((number) => (seed + 1) * 1_000_003 + number)

async function run(seed: number, kind: Kind) {
  const roll = dice(seed)
  const [a = 0, b = 0, c = 0, d = 0] = clients(seed)
  const members = [ours(peers, a, roll), yjs(b, roll, kind), ours(peers, c, roll), yjs(d, roll, kind)]
  await session(members, steps, roll, kind)
  const states = []
  for (const member of members) {
    const { text, snapshot } = await member.state()
    const { digest } = await peers.act(a, { do: 'look', digest: snapshot })
    states.push({ name: member.name, text, digest })
  }
  const [first] = states
  for (const state of states) {
    expect(state, `seed ${seed}`).toEqual({ ...first, name: state.name })
  }
}

const kinds: [string, Kind][] = [
  ['in order', { isRich: false, isUnordered: false }],
  ['in any order', { isRich: false, isUnordered: true }],
  ['with formats and embeds', { isRich: true, isUnordered: false }],
]

test.each(kinds)('sessions with Yjs end alike, %s', async (_, kind) => {
  for (let seed = 0; seed < sessions; seed++) await run(seed + 1000 * kinds.findIndex(([, other]) => other === kind), kind)
})
