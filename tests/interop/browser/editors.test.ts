// Stock editors and ours in real Chromium, in one room of the real relay.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { type Editor, type EditorClient, type EditorPages, buildEditorPages } from '../harness/editors.ts'
import { type Server, startServer } from '../harness/server.ts'
import { type StockClient, stockClient, yWebsocketVersions } from '../harness/stock.ts'

/** How long nobody does anything; y-websocket would reconnect after 30 s without data. */
const idleSeconds = Number(process.env.COLLAB_IDLE_SECONDS ?? 120)

const clients: EditorClient[] = ['stock-codemirror', 'stock-monaco', 'our-codemirror', 'our-monaco']

let server: Server
let browser: Browser
let pages: EditorPages
const editors: Editor[] = []
const inNode: StockClient[] = []

beforeAll(async () => {
  ;[server, browser, pages] = await Promise.all([startServer(), launchBrowser(), buildEditorPages()])
  for (const client of clients) {
    editors.push(await pages.open(browser, { client, sync: server.sync, room: 'editors', name: client }))
  }
  for (const version of yWebsocketVersions) {
    const client = stockClient(version, server.sync, 'editors')
    client.awareness.setLocalStateField('user', { name: version })
    inNode.push(client)
  }
})

afterAll(async () => {
  inNode.forEach((client) => client.close())
  await browser?.close()
  await pages?.close()
  await server?.stop()
})

/** Everybody's text. */
async function texts(): Promise<string[]> {
  const inPages = await Promise.all(editors.map((editor) => editor.text()))
  return [...inPages, ...inNode.map((client) => client.text.toString())]
}

async function everybodyReads(expected: string): Promise<void> {
  await expect.poll(texts, { timeout: 20_000 }).toEqual(Array(clients.length + inNode.length).fill(expected))
}

test('what one types all others read', async () => {
  let expected = ''
  for (const editor of editors) {
    const line = `typed in ${editor.client}: ä\u{1F600}\n`
    await editor.type(line)
    expected += line
    await everybodyReads(expected)
  }
  for (const client of inNode) {
    client.text.insert(0, 'from node\n')
    expected = `from node\n${expected}`
    await everybodyReads(expected)
  }
})

test('all type at once and end alike', async () => {
  await Promise.all(editors.map((editor, i) => editor.type(`${i}`.repeat(40))))
  await expect.poll(async () => new Set(await texts()).size, { timeout: 20_000 }).toBe(1)
  const [text = ''] = await texts()
  for (const [i] of editors.entries()) {
    expect(text.split(`${i}`).length - 1).toBeGreaterThanOrEqual(40)
  }
})

/** The stock bindings name the field differently and do not see each other; ours bridge both. */
const cannotSee = (editor: EditorClient, other: EditorClient) =>
  editor !== other && editor.startsWith('stock') && other.startsWith('stock')

test.each(clients)('the selection of %s is seen by all who can', async (client) => {
  const chosen = clients.indexOf(client)
  const range = [2 + chosen, 7 + 2 * chosen] as const
  await editors[chosen]?.select(...range)
  for (const [i, editor] of editors.entries()) {
    if (i === chosen) continue
    await expect.poll(() => editor.names()).toContain(client)
    if (cannotSee(editor.client, client)) continue
    await expect.poll(() => editor.selections()).toContain(range.join('-'))
  }
})

test(
  'nobody reconnects while nobody types, and then all goes on',
  async () => {
    const connections = async () => [
      ...(await Promise.all(editors.map((editor) => editor.connects()))),
      ...inNode.map((client) => client.connects()),
    ]
    const before = await connections()
    expect(before).toEqual(Array(clients.length + inNode.length).fill(1))
    await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000))
    expect(await connections()).toEqual(before)
    const everybody = [...clients, ...yWebsocketVersions]
    for (const editor of editors) {
      const others = everybody.filter((name) => name !== editor.client)
      expect((await editor.names()).sort()).toEqual(others.sort())
    }
    const [first] = editors
    const [text = ''] = await texts()
    await first?.type('still here')
    await everybodyReads(`${text}still here`)
  },
  idleSeconds * 1000 + 60_000,
)
