// The chat beside the editor, by what is on the screen.
import type { BrowserContext, Locator } from 'playwright-core'
import { expect } from 'vitest'
import { Pad, type Visit } from './pad.ts'

export class Chat {
  readonly pad: Pad
  readonly panel: Locator

  private constructor(pad: Pad) {
    this.pad = pad
    this.panel = pad.page.getByRole('complementary', { name: 'Chat' })
  }

  /** Opens the pad and its chat, and waits until one can write. */
  static async open(context: BrowserContext, http: string, visit: Visit): Promise<Chat> {
    const chat = new Chat(await Pad.open(context, http, visit))
    await chat.button.click()
    await chat.field.waitFor()
    return chat
  }

  get button(): Locator {
    return this.pad.page.getByRole('button', { name: /^Chat/ })
  }

  get field(): Locator {
    return this.panel.getByRole('textbox')
  }

  get messages(): Locator {
    return this.panel.getByRole('article')
  }

  /** What the page answers to a command. */
  get notice(): Locator {
    return this.panel.getByRole('status')
  }

  /** Writes a line and sends it. */
  async say(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press('Enter')
  }

  /** Waits until these are all messages, oldest first. */
  async shows(...texts: string[]): Promise<void> {
    const shown = () => this.messages.locator('.message-text').allInnerTexts()
    await expect.poll(shown, { timeout: 20_000 }).toEqual(texts)
  }

  async answers(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.notice.innerText(), { timeout: 20_000 }).toMatch(text)
  }
}
