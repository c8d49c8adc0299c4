// One room in every window: two command lines, two terminal programs and a browser, over a server that dies.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { startServer } from '../harness/server.ts'
import { openSimpleChat, openTerminal, type Terminal } from '../harness/terminal.ts'

const room = 'lobby'
let browser: Browser
let data: string

beforeAll(async () => {
  browser = await launchBrowser()
  data = mkdtempSync(path.join(tmpdir(), 'collab-every-window-'))
})
afterAll(async () => {
  await browser?.close()
  rmSync(data, { recursive: true, force: true })
})

const count = (screen: string, text: string): number => screen.split(text).length - 1

test('five_windows_show_the_same_history_after_the_server_was_killed', async () => {
  let server = await startServer({ data })
  const windows: Terminal[] = []
  const opened = (window: Terminal): Terminal => {
    windows.push(window)
    return window
  }
  try {
    const ada = opened(openSimpleChat(server.http, 'ada'))
    const bo = opened(openSimpleChat(server.http, 'bo'))
    const cleo = opened(openTerminal(server.http, room, 'cleo'))
    const dan = opened(openTerminal(server.http, room, 'dan'))
    const eve = await browser.newPage()
    await eve.goto(`${server.http}/tui?${new URLSearchParams({ room, username: 'eve' })}`)
    const screens = [...windows.map(({ screen }) => async () => screen()), () => eve.locator('#screen').innerText()]
    const allSee = async (...texts: string[]): Promise<void> => {
      for (const [at, screen] of screens.entries())
        for (const text of texts)
          await expect.poll(screen, { timeout: 30_000, message: `window ${at} sees ${text}` }).toContain(text)
    }
    await cleo.sees('5 here')
    ada.types('send one, by command line')
    await allSee('one, by command line')
    cleo.types('two, by terminal')
    await allSee('two, by terminal')
    await eve.keyboard.type('three, by browser')
    await eve.keyboard.press('Enter')
    await allSee('three, by browser')

    await server.kill()
    await cleo.sees('offline')
    bo.types('send four, in the dark')
    dan.types('five, in the dark')
    server = await startServer({ data, listen: server.listen })
    await allSee('four, in the dark', 'five, in the dark')
    ada.types('send six, after it')
    await allSee('six, after it')

    const said = ['one, by', 'two, by', 'three, by', 'four, in', 'five, in', 'six, after']
    for (const [at, screen] of screens.entries()) {
      const shown = await screen()
      // A command line shows what was typed, and what others said.
      const times = said.map((text) => count(shown, text))
      expect(times, `window ${at}:\n${shown}`).toEqual(said.map(() => 1))
    }
    const order = (shown: string): string[] => said.toSorted((a, b) => shown.indexOf(a) - shown.indexOf(b))
    const orders = [cleo.screen(), dan.screen(), await eve.locator('#screen').innerText()].map(order)
    expect(orders).toEqual(orders.map(() => orders[0]))
  } finally {
    for (const window of windows) window.close()
    await server.stop()
  }
}, 120_000)
