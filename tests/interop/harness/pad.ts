// The pad as a person uses it: by what is on the screen, the keyboard and the clipboard.
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export interface Visit {
  session: string
  name?: string
}

export class Pad {
  readonly page: Page
  /** Everything that the page complained about: exceptions, errors, violations of its policy. */
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  /** Opens the page and waits until one can type. */
  static async open(context: BrowserContext, http: string, visit: Visit): Promise<Pad> {
    const pad = await Pad.visit(context, padUrl(http, visit))
    await pad.ready()
    return pad
  }

  /** Opens any address of the pad and waits for nothing. */
  static async visit(context: BrowserContext, url: string): Promise<Pad> {
    const page = await context.newPage()
    const pad = new Pad(page)
    await page.goto(url)
    return pad
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').waitFor()
  }

  get status(): Locator {
    return this.page.getByTestId('status')
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name })
  }

  get people(): Locator {
    return this.page.getByRole('button', { name: /here$/ })
  }

  async focusEditor(): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').click()
  }

  /** Types at the end of the shown file. */
  async typeAtEnd(text: string): Promise<void> {
    await this.focusEditor()
    await this.page.keyboard.press('Control+End')
    await this.page.keyboard.type(text)
  }

  /** The whole text of the shown file, copied as a person would. */
  async copyText(): Promise<string> {
    await this.focusEditor()
    await this.page.keyboard.press('Control+End')
    await this.page.keyboard.press('Control+A')
    await this.page.evaluate(() => navigator.clipboard.writeText(''))
    await this.page.keyboard.press('Control+C')
    const text = await this.page.evaluate(() => navigator.clipboard.readText())
    await this.page.keyboard.press('Control+End')
    return text
  }

  /** The lines of the editor that are on the screen, as Monaco draws them, without line breaks. */
  async visibleText(): Promise<string> {
    const drawn = await this.page.locator('.view-lines').textContent()
    return (drawn ?? '').replaceAll('\u00a0', ' ')
  }

  async saved(): Promise<void> {
    await expect.poll(() => this.status.textContent(), { timeout: 30_000 }).toBe('Saved')
  }

  /** Waits until what the status calls unsaved lies in this browser's IndexedDB. */
  async keptHere(): Promise<void> {
    const shown = async () => Number(/\d+/.exec((await this.status.textContent()) ?? '')?.[0] ?? 0)
    await expect.poll(async () => (await this.page.evaluate(unsavedInIndexedDb)) - (await shown())).toBe(0)
  }

  async fileNames(): Promise<string[]> {
    return this.page.getByRole('tab').locator('bdi').allTextContents()
  }
}

/** Sum of the marks that `collab-wasm` writes together with the edits. Runs in the page. */
async function unsavedInIndexedDb(): Promise<number> {
  const wait = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  let unsaved = 0
  for (const { name } of await indexedDB.databases()) {
    const database = await wait(indexedDB.open(name ?? ''))
    if (!database.objectStoreNames.contains('marks')) continue
    const marks: { unsaved: number }[] = await wait(database.transaction('marks').objectStore('marks').getAll())
    unsaved += marks.reduce((sum, mark) => sum + mark.unsaved, 0)
    database.close()
  }
  return unsaved
}

export function padUrl(http: string, { session, name }: Visit): string {
  const url = new URL(http)
  url.searchParams.set('session_id', session)
  if (name !== undefined) url.searchParams.set('username', name)
  return url.href
}
