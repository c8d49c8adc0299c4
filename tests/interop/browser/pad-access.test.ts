// The pad by keyboard alone, on a phone, and by the rules of accessibility.
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { Pad, padUrl } from '../harness/pad.ts'
import { setStage } from '../harness/stage.ts'

declare global {
  interface Window {
    axe: typeof axe
  }
}

const stage = setStage()

test('everything_can_be_reached_and_done_by_keyboard_alone', async () => {
  const pad = await Pad.visit(await stage.person(), padUrl(stage.http, { session: 'keyboard' }))
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
  const phone = await stage.person({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
  const pad = await Pad.open(phone, stage.http, { session: 'phone', name: 'A name as long as a name may ever be, yes' })
  await pad.saved()
  expect(await pad.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  for (const name of [/Copy link/, /here$/, /^Theme/, 'File actions']) {
    const box = await pad.page.getByRole('button', { name }).boundingBox()
    expect(box !== null && box.x >= 0 && box.x + box.width <= 360).toBe(true)
  }
  await stage.picture(pad, 'pad-phone')
})

test('the_theme_is_remembered_and_there_before_the_first_paint', async () => {
  const context = await stage.person({ colorScheme: 'light' })
  const pad = await Pad.open(context, stage.http, { session: 'theme', name: 'Ada' })
  const ground = () => pad.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await pad.page.getByRole('button', { name: /^Theme/ }).click()
  await pad.page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect.poll(ground).not.toBe(light)
  const dark = await ground()

  // Without the bundle only the style sheet and the small script before it are at work.
  await pad.page.route('**/assets/*.js', (route) => route.abort())
  await pad.page.reload()
  expect(await ground()).toBe(dark)
})

test.each(['light', 'dark'] as const)('no_rule_of_accessibility_is_broken_in_%s', async (colorScheme) => {
  const context = await stage.person({ colorScheme, reducedMotion: 'reduce' })
  const pad = await Pad.visit(context, padUrl(stage.http, { session: `axe-${colorScheme}` }))
  await pad.page.getByLabel('Your name').fill('Ada')
  expect(await brokenRules(pad)).toEqual([])
  await pad.page.keyboard.press('Enter')
  await pad.ready()
  await pad.saved()
  expect(await brokenRules(pad)).toEqual([])
  await pad.people.click()
  expect(await brokenRules(pad)).toEqual([])
  await pad.page.getByRole('button', { name: 'File actions' }).click()
  expect(await brokenRules(pad)).toEqual([])
  await stage.picture(pad, `pad-${colorScheme}`)
})

/** The WCAG 2.2 AA rules and good practices that axe finds broken, with what breaks them. */
async function brokenRules(pad: Pad): Promise<string[]> {
  await pad.page.evaluate(axe.source)
  return pad.page.evaluate(async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await window.axe.run(document, { runOnly: rules })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  })
}

/** What has the focus, as a screen reader would call it. Runs in the page. */
function describeFocus(): string {
  const element = document.activeElement
  if (element === null) return ''
  return element.getAttribute('aria-label') ?? element.textContent ?? ''
}
