// The terminal chat in a tab: the same program, drawn as text, over the same relay as a real terminal.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { setStage } from '../harness/stage.ts'
import { openTerminal } from '../harness/terminal.ts'

const stage = setStage()

/** A tab of a browser profile of its own. */
async function open(room: string, name: string): Promise<Page> {
  const page = await (await stage.person()).newPage()
  await page.goto(`${stage.http}/tui?${new URLSearchParams({ room, username: name })}`)
  await sees(page, ' saved')
  return page
}

const screen = (page: Page) => page.locator('#screen').innerText()

async function sees(page: Page, text: string): Promise<void> {
  await expect.poll(() => screen(page), { timeout: 30_000 }).toContain(text)
}

async function says(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

test('what_is_typed_in_a_tab_is_seen_in_another_tab_and_on_a_terminal', async () => {
  const [ada, bo] = [await open('tabs', 'Ada'), await open('tabs', 'Bo')]
  const cleo = openTerminal(stage.http, 'tabs', 'Cleo')
  try {
    await sees(ada, '3 here')
    await says(ada, 'hello from a tab')
    await sees(bo, 'hello from a tab')
    await cleo.sees('hello from a tab')
    cleo.types('hello from a terminal')
    await sees(ada, 'hello from a terminal')
    await sees(bo, 'hello from a terminal')
    // An input method, a dead key and a phone insert text without keys.
    await bo.keyboard.insertText('äöü 漢字 👍')
    await bo.keyboard.press('Enter')
    await sees(ada, 'äöü 漢字 👍')
    await cleo.sees('äöü 漢字 👍')
    await ada.screenshot({ path: stage.pictureFile('tui-tab') })
    await ada.emulateMedia({ colorScheme: 'dark' })
    await ada.screenshot({ path: stage.pictureFile('tui-tab-dark') })
  } finally {
    cleo.close()
  }
})

test('text_is_copied_from_the_screen_and_pasted_into_the_box', async () => {
  const ada = await open('clipboard', 'Ada')
  await ada.evaluate(() => navigator.clipboard.writeText('two\nlines'))
  await ada.keyboard.press('Control+V')
  await sees(ada, 'two')
  await ada.keyboard.press('Enter')
  await sees(ada, ' saved')
  await says(ada, 'copy me')
  // It stands above the box, which is empty again.
  await expect.poll(() => screen(ada)).toMatch(/copy me[^]*Message to clipboard/)
  await ada.keyboard.press('ArrowUp')
  await ada.keyboard.press('c')
  await expect.poll(() => ada.evaluate(() => navigator.clipboard.readText())).toBe('copy me')

  // The word stands at the left of its row.
  await ada.getByText('lines').first().dblclick({ position: { x: 40, y: 8 } })
  await ada.evaluate(() => navigator.clipboard.writeText(''))
  await ada.keyboard.press('Control+C')
  await expect.poll(() => ada.evaluate(() => navigator.clipboard.readText())).toBe('lines')
})

test('mouse_and_resize_work_as_in_a_terminal', async () => {
  const [ada, bo] = [await open('mouse', 'Ada'), await open('mouse', 'Bo')]
  await sees(ada, '2 here')
  await ada.getByText('Bo', { exact: true }).click()
  await sees(ada, 'only you two')
  await says(ada, 'psst')
  await sees(bo, '@Ada')
  const wide = (await screen(ada)).split('\n')[0]?.length ?? 0
  await ada.setViewportSize({ width: 500, height: 400 })
  await expect.poll(async () => (await screen(ada)).split('\n')[0]?.length ?? 0).toBeLessThan(wide)
  await sees(ada, 'psst')
})

test('what_was_said_offline_arrives_once_after_a_reload', async () => {
  const link = await stage.link()
  const page = await (await stage.person()).newPage()
  const url = `${link.http}/tui?${new URLSearchParams({ room: 'offline', username: 'Ada' })}`
  await page.goto(url)
  await sees(page, ' saved')
  link.cut()
  await sees(page, 'offline,')
  await says(page, 'from the dark')
  await sees(page, '2 unsaved')
  link.restore()
  await page.reload()
  await sees(page, 'from the dark')
  await sees(page, ' saved')
  const bo = await open('offline', 'Bo')
  await sees(bo, 'from the dark')
  expect((await screen(bo)).split('from the dark')).toHaveLength(2)
})
