// Accounts by text commands: a guest at once, kept by a password, entered again from elsewhere.
import { expect, test } from 'vitest'
import { Chat } from '../harness/chat.ts'
import { setStage } from '../harness/stage.ts'

const stage = setStage({ binary: 'collab-rooms' })

test('a_guest_keeps_the_account_and_goes_on_elsewhere', async () => {
  const session = 'accounts'
  const ada = await Chat.open(await stage.person(), stage.http, { session, name: 'Ada' })
  await ada.say('before')
  await ada.say('/set password correct horse')
  await ada.answers('Your account is kept')
  await ada.say('/set name Ada.L')
  await ada.answers('You are Ada.L now')
  await ada.say('after')
  await ada.shows('before', 'after')

  const elsewhere = await Chat.open(await stage.person(), stage.http, { session, name: 'Somebody' })
  await elsewhere.shows('before', 'after')
  expect(await elsewhere.panel.getByText('you', { exact: true }).count()).toBe(0)
  await elsewhere.say('/login ada.l wrong horse')
  await elsewhere.answers(/wrong|unknown|refused/i)
  await elsewhere.say('/login ada.l correct horse')
  await elsewhere.answers('You are ada.l now')
  await elsewhere.say('from elsewhere')
  await ada.shows('before', 'after', 'from elsewhere')
  await expect.poll(() => ada.panel.getByText('you', { exact: true }).count()).toBeGreaterThan(1)
  await stage.picture(elsewhere.pad, 'pad-accounts')
  const pages = await Promise.all([ada, elsewhere].map(({ pad }) => pad.page.content()))
  expect(pages.join('')).not.toContain('correct horse')
})

test('an_account_comes_back_with_its_browser', async () => {
  const session = 'returns'
  const ada = await Chat.open(await stage.person(), stage.http, { session, name: 'Grace' })
  await ada.say('here')
  await ada.shows('here')
  await ada.pad.page.reload()
  await ada.button.click()
  await ada.shows('here')
  await expect.poll(() => ada.panel.getByText('you', { exact: true }).count()).toBe(1)
})
