// What people do with the pad, in real Chromium against the real relay.
import { mkdirSync } from 'node:fs'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../harness/browser.ts'
import { type Link, openLink } from '../harness/link.ts'
import { Pad, padUrl } from '../harness/pad.ts'
import { type Server, startServer } from '../harness/server.ts'

const seconds = Number(process.env.COLLAB_BROWSER_SECONDS ?? 30)
const screenshots = new URL('../../../test-results/', import.meta.url).pathname

let server: Server
let browser: Browser
const contexts: BrowserContext[] = []
const links: Link[] = []

beforeAll(async () => {
  server = await startServer()
  browser = await launchBrowser()
  mkdirSync(screenshots, { recursive: true })
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(links.splice(0).map((link) => link.close()))
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** One person's browser profile. */
async function person(): Promise<BrowserContext> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  contexts.push(context)
  return context
}

async function cuttableLink(): Promise<Link> {
  const link = await openLink(server.http)
  links.push(link)
  return link
}

test(
  'two_people_type_at_once_one_goes_offline_and_nothing_is_lost',
  async () => {
    const link = await cuttableLink()
    const [adasBrowser, bosBrowser] = [await person(), await person()]
    const ada = await Pad.open(adasBrowser, link.http, { session: 'type-at-once', name: 'Ada' })
    const bo = await Pad.open(bosBrowser, server.http, { session: 'type-at-once', name: 'Bo' })
    await Promise.all([ada.saved(), bo.saved()])
    await ada.focusEditor()
    await bo.focusEditor()

    // Letters are Ada's and digits are Bo's, so each one's share can be read from the common text.
    const end = Date.now() + seconds * 1000
    const typing = Promise.all([
      typeUntil(ada, end, (count) => `${letters(count)} `),
      typeUntil(bo, end, (count) => `${count} `),
    ])
    await ada.page.waitForTimeout((seconds * 1000) / 3)
    link.cut()
    await adasBrowser.setOffline(true)
    await expect.poll(() => ada.status.textContent()).toMatch(/^Offline · \d+ unsaved edits?$/)
    await ada.page.screenshot({ path: `${screenshots}pad-offline.png` })
    await ada.page.waitForTimeout((seconds * 1000) / 3)
    link.restore()
    await adasBrowser.setOffline(false)
    const [adasText, bosText] = await typing
    await Promise.all([ada.saved(), bo.saved()])

    const text = await bo.copyText()
    expect(text.replace(/[^a-z]/g, '')).toBe(adasText.replaceAll(' ', ''))
    expect(text.replace(/[^0-9]/g, '')).toBe(bosText.replaceAll(' ', ''))
    expect(text.length).toBe(adasText.length + bosText.length)
    expect(await ada.copyText()).toBe(text)
    await ada.page.screenshot({ path: `${screenshots}pad-together.png` })
    expect(bo.complaints).toEqual([])
  },
  seconds * 1000 + 90_000,
)

test('a_name_with_markup_is_text_and_runs_nothing', async () => {
  const name = '<img src=x onerror="window.hit=1"><script>'
  const eve = await Pad.open(await person(), server.http, { session: 'markup', name })
  const bo = await Pad.open(await person(), server.http, { session: 'markup', name: 'Bo' })
  await eve.typeAtEnd('hello')
  await expect.poll(() => bo.page.locator('.view-lines').textContent()).toContain('hello')
  await bo.people.click()
  await expect.poll(() => bo.page.getByRole('dialog').textContent()).toContain('<img src=x onerror=')
  await bo.page.screenshot({ path: `${screenshots}pad-markup.png` })
  for (const pad of [eve, bo]) {
    expect(await pad.page.evaluate(() => 'hit' in window)).toBe(false)
    expect(await pad.page.locator('img, body script').count()).toBe(await pad.page.locator('body > script').count())
    expect(pad.complaints).toEqual([])
  }
})

test('without_a_session_one_is_made_and_without_a_name_one_is_asked_and_remembered', async () => {
  const context = await person()
  const first = await Pad.visit(context, server.http)
  await first.page.getByLabel('Your name').fill('  Ada   Lovelace ')
  await first.page.getByRole('button', { name: 'Start' }).click()
  await first.ready()
  const address = new URL(first.page.url())
  expect(address.searchParams.get('session_id')).toMatch(/^[a-z]+-[a-z]+-[a-z]+-\d{4}$/)

  await first.page.getByRole('button', { name: /Copy link/ }).click()
  const copied = await first.page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toBe(padUrl(server.http, { session: address.searchParams.get('session_id') ?? '' }))

  const second = await Pad.visit(context, copied)
  await second.ready()
  await second.people.click()
  await expect.poll(() => second.page.getByRole('dialog').textContent()).toContain('Ada Lovelace')
})

test('a_session_id_that_is_not_allowed_gives_an_error_page_with_a_way_out', async () => {
  const pad = await Pad.visit(await person(), padUrl(server.http, { session: '../<b>x</b>', name: 'Ada' }))
  await pad.page.getByText('This link does not name a session').waitFor()
  await pad.page.getByText('../<b>x</b>', { exact: true }).waitFor()
  await pad.page.getByRole('button', { name: 'Start a new session' }).click()
  await pad.ready()
  expect(new URL(pad.page.url()).searchParams.get('session_id')).toMatch(/^[a-z]+-[a-z]+-[a-z]+-\d{4}$/)
})

test('files_are_added_renamed_deleted_and_restored_for_everybody', async () => {
  const ada = await Pad.open(await person(), server.http, { session: 'files', name: 'Ada' })
  const bo = await Pad.open(await person(), server.http, { session: 'files', name: 'Bo' })
  await ada.page.getByRole('button', { name: 'New file' }).click()
  await ada.page.getByLabel(/^New name of/).fill('solver.py')
  await ada.page.keyboard.press('Enter')
  await expect.poll(() => bo.fileNames()).toEqual(['main', 'solver.py'])

  await ada.typeAtEnd('print(42)')
  await bo.tab('solver.py').click()
  await expect.poll(() => bo.page.locator('.view-lines').textContent()).toBe('print(42)')
  expect(await bo.page.getByLabel('Language of this file').inputValue()).toBe('python')

  await bo.page.getByLabel('Language of this file').selectOption('rust')
  await expect.poll(() => ada.page.getByLabel('Language of this file').inputValue()).toBe('rust')

  await ada.tab('solver.py').dblclick()
  await ada.page.getByLabel(/^New name of/).fill('answer.py')
  await ada.page.keyboard.press('Enter')
  await expect.poll(() => bo.fileNames()).toEqual(['main', 'answer.py'])

  await bo.tab('answer.py').focus()
  await bo.page.keyboard.press('Delete')
  await expect.poll(() => ada.fileNames()).toEqual(['main'])
  await bo.page.getByRole('button', { name: 'Restore' }).click()
  await expect.poll(() => ada.fileNames()).toEqual(['main', 'answer.py'])
  await ada.tab('answer.py').click()
  await expect.poll(() => ada.page.locator('.view-lines').textContent()).toBe('print(42)')
})

test('undo_takes_back_only_ones_own_edits', async () => {
  const ada = await Pad.open(await person(), server.http, { session: 'undo', name: 'Ada' })
  const bo = await Pad.open(await person(), server.http, { session: 'undo', name: 'Bo' })
  await ada.typeAtEnd('mine ')
  await expect.poll(() => bo.copyText()).toBe('mine ')
  await bo.typeAtEnd('yours')
  await expect.poll(() => ada.copyText()).toBe('mine yours')
  await ada.page.keyboard.press('Control+Z')
  await expect.poll(() => bo.copyText()).toBe('yours')
})

test('a_reload_keeps_the_text', async () => {
  const ada = await Pad.open(await person(), server.http, { session: 'reload', name: 'Ada' })
  await ada.typeAtEnd('still here')
  await ada.saved()
  await ada.page.reload()
  await ada.ready()
  await expect.poll(() => ada.copyText()).toBe('still here')
})

test('edits_made_offline_survive_a_closed_tab', async () => {
  const link = await cuttableLink()
  const context = await person()
  const before = await Pad.open(context, link.http, { session: 'closed-tab', name: 'Ada' })
  await before.typeAtEnd('online')
  await before.saved()
  link.cut()
  await before.typeAtEnd(' offline')
  await expect.poll(() => before.status.textContent()).toMatch(/^Offline · \d+ unsaved edits$/)
  await before.keptHere()
  await before.page.close()

  link.restore()
  const after = await Pad.open(context, link.http, { session: 'closed-tab', name: 'Ada' })
  await after.saved()
  const bo = await Pad.open(await person(), server.http, { session: 'closed-tab', name: 'Bo' })
  await expect.poll(() => bo.copyText()).toBe('online offline')
  expect(await after.copyText()).toBe('online offline')
})

test('everything_can_be_reached_and_done_by_keyboard_alone', async () => {
  const pad = await Pad.visit(await person(), padUrl(server.http, { session: 'keyboard' }))
  const { keyboard } = pad.page
  await pad.page.getByLabel('Your name').waitFor()
  await keyboard.type('Ada')
  await keyboard.press('Enter')
  await pad.ready()
  await pad.saved()
  const focused = () => pad.page.evaluate(describeFocus)
  const tabTo = async (name: string | RegExp) => {
    for (let steps = 0; steps < 20; steps += 1) {
      await keyboard.press('Tab')
      if ((await focused()).match(name)) return
    }
    throw new Error(`the Tab key never reached ${name}`)
  }

  await pad.page.reload()
  await pad.ready()
  await pad.saved()
  for (const stop of ['Skip to the editor', 'Copy link', '1 person here', /^Theme/, 'main', 'New file', 'File actions']) {
    await tabTo(stop)
  }
  await keyboard.press('Enter')
  await expect.poll(focused).toContain('Rename')
  await keyboard.press('Escape')
  await expect.poll(focused).toContain('File actions')

  await pad.page.keyboard.press('Shift+Tab')
  await expect.poll(focused).toContain('New file')
  await keyboard.press('Enter')
  await expect.poll(focused).toContain('New name of')
  await keyboard.press('Control+A')
  await keyboard.type('keys.md')
  await keyboard.press('Enter')
  await expect.poll(focused).toContain('keys.md')
  await keyboard.press('ArrowLeft')
  await expect.poll(focused).toContain('main')
  await keyboard.press('End')
  await keyboard.press('F2')
  await expect.poll(focused).toContain('New name of')
  await keyboard.press('Escape')
  await expect.poll(focused).toContain('keys.md')

  await tabTo(/^Editor/)
  await keyboard.type('hands on keys')
  await keyboard.press('Control+M')
  await tabTo(/^Tab moves focus/)
  await keyboard.press('Enter')
  await expect.poll(focused).toContain('Tab indents')
  expect(await pad.copyText()).toBe('hands on keys')
})

test('a_phone_sees_all_without_scrolling_sideways', async () => {
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
  contexts.push(phone)
  const pad = await Pad.open(phone, server.http, { session: 'phone', name: 'A name as long as a name may ever be, yes' })
  await pad.saved()
  expect(await pad.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  for (const name of [/Copy link/, /here$/, /^Theme/, 'File actions']) {
    const box = await pad.page.getByRole('button', { name }).boundingBox()
    expect(box !== null && box.x >= 0 && box.x + box.width <= 360).toBe(true)
  }
  await pad.page.screenshot({ path: `${screenshots}pad-phone.png` })
})

/** Types chunk after chunk, as fast as a quick typist, and returns all of it. */
async function typeUntil(pad: Pad, end: number, chunk: (count: number) => string): Promise<string> {
  let typed = ''
  for (let count = 0; Date.now() < end; count += 1) {
    const text = chunk(count)
    await pad.page.keyboard.type(text, { delay: 40 })
    typed += text
  }
  return typed
}

/** A number in letters, so that a lost or doubled chunk is seen. */
function letters(count: number): string {
  return [...count.toString(10)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
}

/** What has the focus, as a screen reader would call it. Runs in the page. */
function describeFocus(): string {
  const element = document.activeElement
  if (element === null) return ''
  return element.getAttribute('aria-label') ?? element.textContent ?? ''
}
