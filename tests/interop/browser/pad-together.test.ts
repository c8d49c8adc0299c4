// Two people in one pad: nothing that anybody typed is lost.
import { expect, test } from 'vitest'
import { Pad } from '../harness/pad.ts'
import { setStage } from '../harness/stage.ts'

const seconds = Number(process.env.COLLAB_BROWSER_SECONDS ?? 30)
const stage = setStage()

test(
  'two_people_type_at_once_one_goes_offline_and_nothing_is_lost',
  async () => {
    const link = await stage.link()
    const [adasBrowser, bosBrowser] = [await stage.person(), await stage.person()]
    const ada = await Pad.open(adasBrowser, link.http, { session: 'type-at-once', name: 'Ada' })
    const bo = await Pad.open(bosBrowser, stage.http, { session: 'type-at-once', name: 'Bo' })
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
    await stage.picture(ada, 'pad-offline')
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
    await stage.picture(ada, 'pad-together')
    expect(bo.complaints).toEqual([])
  },
  seconds * 1000 + 90_000,
)

test('undo_takes_back_only_ones_own_edits', async () => {
  const ada = await Pad.open(await stage.person(), stage.http, { session: 'undo', name: 'Ada' })
  const bo = await Pad.open(await stage.person(), stage.http, { session: 'undo', name: 'Bo' })
  await ada.typeAtEnd('mine ')
  await expect.poll(() => bo.copyText()).toBe('mine ')
  await bo.typeAtEnd('yours')
  await expect.poll(() => ada.copyText()).toBe('mine yours')
  await ada.page.keyboard.press('Control+Z')
  await expect.poll(() => bo.copyText()).toBe('yours')
})

test('a_reload_keeps_the_text', async () => {
  const ada = await Pad.open(await stage.person(), stage.http, { session: 'reload', name: 'Ada' })
  await ada.typeAtEnd('still here')
  await ada.saved()
  await ada.page.reload()
  await ada.ready()
  await expect.poll(() => ada.copyText()).toBe('still here')
})

test('edits_made_offline_survive_a_closed_tab', async () => {
  const link = await stage.link()
  const context = await stage.person()
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
  const bo = await Pad.open(await stage.person(), stage.http, { session: 'closed-tab', name: 'Bo' })
  await expect.poll(() => bo.copyText()).toBe('online offline')
  expect(await after.copyText()).toBe('online offline')
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
