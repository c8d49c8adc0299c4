// Every major version of y-websocket in Node in one room, with our client among them.
import { type Room, connect } from 'collab-wasm'
import WebSocket from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from './harness/server.ts'
import { type StockClient, stockClient, yWebsocketVersions } from './harness/stock.ts'

let server: Server
let ours: Room
const clients: StockClient[] = []

beforeAll(async () => {
  server = await startServer()
  clients.push(...yWebsocketVersions.map((version) => stockClient(version, server.sync, 'stock/versions')))
  ours = await connect(server.sync, 'stock/versions', { user: { name: 'ours' }, WebSocket })
})

afterAll(async () => {
  await ours.close()
  clients.forEach((client) => client.close())
  await server.stop()
})

test('all versions sync', async () => {
  await expect.poll(() => clients.map((client) => client.synced())).toEqual([true, true, true])
})

test('an edit of one reaches all others', async () => {
  for (const [i, client] of clients.entries()) client.text.insert(client.text.length, `line ${i}\n`)
  for (const client of clients) {
    await expect.poll(() => [...client.text.toString().matchAll(/line \d/g)].length).toBe(3)
  }
  const texts = clients.map((client) => client.text.toString())
  expect(new Set(texts).size).toBe(1)
})

test('our client and stock clients edit together, both ways', async () => {
  const file = ours.files.open('main')
  await expect.poll(() => file.text).toBe(clients[0]?.text.toString())
  file.edit([{ at: 0, delete: 0, insert: 'ours\n' }])
  for (const client of clients) {
    await expect.poll(() => client.text.toString()).toMatch(/^ours\n/)
    client.text.delete(0, 1)
    client.text.insert(0, 'O')
    await expect.poll(() => file.text).toMatch(/^Ours\n/)
    client.text.delete(0, 1)
    client.text.insert(0, 'o')
    await expect.poll(() => file.text).toBe(client.text.toString())
  }
  await expect.poll(() => ours.status.phase).toBe('saved')
})

test('all see the presence of all, and one who leaves is gone', async () => {
  for (const [i, client] of clients.entries()) client.awareness.setLocalState({ user: { name: `user ${i}` } })
  for (const client of clients) {
    await expect.poll(() => client.awareness.getStates().size).toBe(4)
  }
  await expect.poll(() => ours.presence.list().map((person) => person.name).sort()).toEqual([
    'ours', 'user 0', 'user 1', 'user 2',
  ])
  const guest = stockClient('3.1.0', server.sync, 'stock/versions')
  guest.awareness.setLocalState({ user: { name: 'guest' } })
  for (const client of clients) {
    await expect.poll(() => client.awareness.getStates().has(guest.doc.clientID)).toBe(true)
  }
  guest.close()
  for (const client of clients) {
    await expect.poll(() => client.awareness.getStates().has(guest.doc.clientID)).toBe(false)
  }
})

test('a newcomer and one who returns receive what they lack, deletions included', async () => {
  const [first] = clients
  if (first === undefined) throw new Error('the room is empty')
  first.text.insert(0, 'deleted soon ')
  first.text.delete(0, 8)
  const newcomer = stockClient('2.1.0', server.sync, 'stock/versions')
  await expect.poll(() => newcomer.text.toString()).toBe(first.text.toString())
  newcomer.close()
})

test('rooms do not see each other', async () => {
  const elsewhere = stockClient('3.1.0', server.sync, 'stock/elsewhere')
  await expect.poll(() => elsewhere.synced()).toBe(true)
  expect(elsewhere.text.toString()).toBe('')
  elsewhere.close()
})
