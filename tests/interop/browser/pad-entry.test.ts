// How one comes into a pad: session, name, and what is wrong with either.
import { expect, test } from 'vitest'
import { Pad, padUrl } from '../harness/pad.ts'
import { setStage } from '../harness/stage.ts'

const stage = setStage()

test('without_a_session_one_is_made_and_without_a_name_one_is_asked_and_remembered', async () => {
  const context = await stage.person()
  const first = await Pad.visit(context, stage.http)
  await first.page.getByLabel('Your name').fill('  Ada   Lovelace ')
  await first.page.getByRole('button', { name: 'Start' }).click()
  await first.ready()
  const address = new URL(first.page.url())
  expect(address.searchParams.get('session_id')).toMatch(/^[a-z]+-[a-z]+-[a-z]+-\d{4}$/)

  await first.page.getByRole('button', { name: /Copy link/ }).click()
  const copied = await first.page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toBe(padUrl(stage.http, { session: address.searchParams.get('session_id') ?? '' }))

  const second = await Pad.visit(context, copied)
  await second.ready()
  await second.people.click()
  await expect.poll(() => second.page.getByRole('dialog').textContent()).toContain('Ada Lovelace')
})

test('a_session_id_that_is_not_allowed_gives_an_error_page_with_a_way_out', async () => {
  const pad = await Pad.visit(await stage.person(), padUrl(stage.http, { session: '../<b>x</b>', name: 'Ada' }))
  await pad.page.getByText('This link does not name a session').waitFor()
  await pad.page.getByText('../<b>x</b>', { exact: true }).waitFor()
  await pad.page.getByRole('button', { name: 'Start a new session' }).click()
  await pad.ready()
  expect(new URL(pad.page.url()).searchParams.get('session_id')).toMatch(/^[a-z]+-[a-z]+-[a-z]+-\d{4}$/)
})

test('a_name_with_markup_is_text_and_runs_nothing', async () => {
  const name = '<img src=x onerror="window.hit=1"><script>'
  const eve = await Pad.open(await stage.person(), stage.http, { session: 'markup', name })
  const bo = await Pad.open(await stage.person(), stage.http, { session: 'markup', name: 'Bo' })
  await eve.typeAtEnd('hello')
  await expect.poll(() => bo.visibleText()).toContain('hello')
  await bo.people.click()
  await expect.poll(() => bo.page.getByRole('dialog').textContent()).toContain('<img src=x onerror=')
  await stage.picture(bo, 'pad-markup')
  for (const pad of [eve, bo]) {
    expect(await pad.page.evaluate(() => 'hit' in window)).toBe(false)
    expect(await pad.page.locator('img, body script').count()).toBe(await pad.page.locator('body > script').count())
    expect(pad.complaints).toEqual([])
  }
})
