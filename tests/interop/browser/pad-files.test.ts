// The pad's file tabs.
import { expect, test } from 'vitest'
import { Pad } from '../harness/pad.ts'
import { setStage } from '../harness/stage.ts'

const stage = setStage()

test('files_are_added_renamed_deleted_and_restored_for_everybody', async () => {
  const ada = await Pad.open(await stage.person(), stage.http, { session: 'files', name: 'Ada' })
  const bo = await Pad.open(await stage.person(), stage.http, { session: 'files', name: 'Bo' })
  await ada.page.getByRole('button', { name: 'New file' }).click()
  await ada.page.getByLabel(/^New name of/).fill('solver.py')
  await ada.page.keyboard.press('Enter')
  await expect.poll(() => bo.fileNames()).toEqual(['main', 'solver.py'])

  await ada.typeAtEnd('print(42)')
  await bo.tab('solver.py').click()
  await expect.poll(() => bo.visibleText()).toBe('print(42)')
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
  await expect.poll(() => ada.visibleText()).toBe('print(42)')
})

test('a_click_on_a_person_shows_where_they_are', async () => {
  const ada = await Pad.open(await stage.person(), stage.http, { session: 'visit', name: 'Ada' })
  const bo = await Pad.open(await stage.person(), stage.http, { session: 'visit', name: 'Bo' })
  await ada.page.getByRole('button', { name: 'New file' }).click()
  await ada.page.getByLabel(/^New name of/).fill('far.txt')
  await ada.page.keyboard.press('Enter')
  await ada.typeAtEnd('\n'.repeat(80))
  await ada.typeAtEnd('Ada is here')
  await expect.poll(() => bo.fileNames()).toEqual(['main', 'far.txt'])

  await bo.people.click()
  await bo.page.getByRole('button', { name: /^Ada/ }).click()
  await expect.poll(() => bo.tab('far.txt').getAttribute('aria-selected')).toBe('true')
  await expect.poll(() => bo.visibleText()).toContain('Ada is here')
  await bo.page.locator('.collab-caret').waitFor()
})
