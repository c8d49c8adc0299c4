// The chat beside the editor, as two people use it.
import { expect, test } from 'vitest'
import { Chat } from '../harness/chat.ts'
import { setStage } from '../harness/stage.ts'

const stage = setStage()

const join = async (session: string, name: string, http = stage.http): Promise<Chat> =>
  Chat.open(await stage.person(), http, { session, name })

test('what_one_says_the_other_reads_answers_and_finds_again', async () => {
  const ada = await join('talk', 'Ada')
  const bo = await join('talk', 'Bo')
  await ada.say('Hello **Bo**, see https://example.org/a_(b). <img src=x onerror=alert(1)>')
  await bo.shows('Hello **Bo**, see https://example.org/a_(b). <img src=x onerror=alert(1)>')
  const link = bo.messages.getByRole('link')
  expect(await link.getAttribute('href')).toBe('https://example.org/a_(b)')
  expect(await link.getAttribute('rel')).toContain('noopener')

  await bo.messages.first().hover()
  await bo.panel.getByRole('button', { name: 'Reply' }).click()
  await bo.say('```rust\nfn main() { println!("<b>"); }\n```')
  await expect.poll(() => ada.panel.locator('.code-block pre span').count(), { timeout: 20_000 }).toBeGreaterThan(2)
  expect(await ada.panel.locator('blockquote').innerText()).toContain('Hello **Bo**')
  expect(await ada.panel.locator('.code-block b').count()).toBe(0)

  await ada.messages.last().hover()
  await ada.messages.last().getByRole('button', { name: 'React' }).click()
  await ada.panel.getByRole('menuitem', { name: 'React with 🎉' }).click()
  await expect.poll(() => bo.panel.getByRole('button', { name: '🎉 by Ada' }).count()).toBe(1)
  await stage.picture(bo.pad, 'pad-chat')

  await ada.field.press('ArrowUp')
  await ada.say('Hello again')
  await expect.poll(() => bo.messages.first().innerText()).toMatch(/Hello again\s*edited/)
  await ada.messages.first().hover()
  await ada.messages.first().getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => bo.messages.count()).toBe(1)

  const cleo = await join('talk', 'Cleo')
  await expect.poll(() => cleo.messages.count()).toBe(1)
  expect([...ada.pad.complaints, ...bo.pad.complaints]).toEqual([])
})

test('a_closed_chat_counts_what_is_unread_in_button_and_title', async () => {
  const ada = await join('unread', 'Ada')
  const bo = await join('unread', 'Bo')
  await bo.pad.page.keyboard.press('Alt+Shift+C')
  await bo.panel.waitFor({ state: 'detached' })
  await ada.say('one')
  await ada.say('two')
  await expect.poll(() => bo.pad.page.title()).toMatch(/^\(2\) /)
  expect(await bo.button.getAttribute('aria-label')).toBe('Chat, 2 unread')
  await bo.button.click()
  await bo.shows('one', 'two')
  await expect.poll(() => bo.pad.page.title()).not.toMatch(/^\(/)
})

test('a_direct_message_is_seen_by_two_only', async () => {
  const ada = await join('direct', 'Ada')
  const bo = await join('direct', 'Bo')
  const cleo = await join('direct', 'Cleo')
  await expect.poll(() => ada.panel.getByRole('button', { name: 'Write to one person' }).count()).toBe(1)
  await ada.field.pressSequentially('@b')
  await ada.panel.getByRole('option', { name: '@Bo' }).waitFor()
  await ada.field.press('Tab')
  await ada.field.pressSequentially('just for you')
  await ada.field.press('Enter')
  await ada.shows('just for you')
  await bo.panel.getByRole('button', { name: 'Ada, 1 unread' }).click()
  await bo.shows('just for you')
  expect(await cleo.messages.count()).toBe(0)
  expect(await cleo.panel.getByRole('button', { name: /^Ada|^Bo/ }).count()).toBe(0)
})

test('what_was_said_offline_arrives_once', async () => {
  const link = await stage.link()
  const ada = await join('offline-chat', 'Ada', link.http)
  const bo = await join('offline-chat', 'Bo')
  await ada.say('before')
  await bo.shows('before')
  link.cut()
  await ada.say('meanwhile')
  await expect.poll(() => ada.messages.last().innerText()).toContain('not saved yet')
  link.restore()
  await bo.shows('before', 'meanwhile')
  await expect.poll(() => ada.messages.last().innerText()).not.toContain('not saved yet')
  await ada.shows('before', 'meanwhile')
})

test('commands_explain_themselves_and_hide_passwords', async () => {
  const ada = await join('commands', 'Ada')
  await ada.field.pressSequentially('/')
  await ada.panel.getByRole('option').first().waitFor()
  await stage.picture(ada.pad, 'pad-chat-commands')
  await ada.say('/who')
  await ada.answers('Ada')
  await ada.field.fill('/login ada secret')
  await expect.poll(() => ada.field.evaluate((field) => getComputedStyle(field).getPropertyValue('-webkit-text-security'))).toBe('disc')
  await ada.field.press('Enter')
  await ada.answers('keeps no accounts')
  await ada.say('/nonsense')
  await ada.answers('/help')
  expect(await ada.messages.count()).toBe(0)
})
