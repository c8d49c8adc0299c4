// Accounts in the tab of the terminal chat: the same person as in the pad, and on a real terminal.
import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { Chat } from '../harness/chat.ts'
import { setStage } from '../harness/stage.ts'
import { openTerminal } from '../harness/terminal.ts'

const stage = setStage({ binary: 'collab-rooms' })

async function open(context: BrowserContext, room: string, name?: string): Promise<Page> {
  const page = await context.newPage()
  const query = new URLSearchParams({ room, ...(name === undefined ? {} : { username: name }) })
  await page.goto(`${stage.http}/tui?${query}`)
  await sees(page, '(you)')
  return page
}

const screen = (page: Page) => page.locator('#screen').innerText()

async function sees(page: Page, text: string | RegExp): Promise<void> {
  await expect.poll(() => screen(page), { timeout: 30_000 }).toMatch(text)
}

async function says(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

test('who_set_a_password_in_the_pad_logs_in_in_a_tab_and_on_a_terminal', async () => {
  const session = 'all-of-me'
  const ada = await Chat.open(await stage.person(), stage.http, { session, name: 'Ada' })
  await ada.say('/set password correct horse')
  await ada.answers('Your account is kept')
  await ada.say('from the pad')
  const room = `pad/${session}`

  const tab = await open(await stage.person(), room)
  await sees(tab, 'from the pad')
  await sees(tab, 'you are a guest')
  await says(tab, '/login ada wrong horse')
  await sees(tab, 'wrong password')
  await says(tab, '/login ada correct horse')
  await sees(tab, 'you are Ada now')
  await says(tab, 'from the tab')
  await ada.shows('from the pad', 'from the tab')
  const terminal = openTerminal(stage.http, room, 'Bo')
  try {
    await terminal.sees('2 here')
    await terminal.sees('from the tab')
    terminal.types('@Ada psst')
    await sees(tab, /@Bo +1/)
    await says(tab, '/set name Ada.L')
    await sees(tab, 'you are Ada.L now')
    terminal.types('/login ada.l correct horse')
    await terminal.sees('you are Ada.L now')
    // Renamed in one window, she is renamed in all of them.
    await says(tab, '/set name Ada.Love')
    await terminal.sees('you are Ada.Love now, by')
  } finally {
    terminal.close()
  }
  await tab.screenshot({ path: stage.pictureFile('tui-accounts') })
  expect(await tab.content()).not.toContain('horse')
  const stored = await tab.evaluate(() => JSON.stringify(localStorage))
  expect(stored).not.toContain('horse')
  expect(ada.pad.complaints).toEqual([])
})

test('the_pad_and_the_tab_of_one_browser_are_one_person_who_returns', async () => {
  const person = await stage.person()
  const tab = await open(person, 'pad/one-of-me', 'Grace')
  await sees(tab, 'you are a guest, Grace')
  await says(tab, 'here')
  await sees(tab, ' saved')
  await tab.reload()
  await sees(tab, 'here')
  await sees(tab, /Grace \(you\)/)
  const pad = await Chat.open(person, stage.http, { session: 'one-of-me', name: 'Grace' })
  await pad.shows('here')
  await expect.poll(() => pad.panel.getByText('you', { exact: true }).count()).toBe(1)
  await sees(tab, '1 here')
})
