// The stage of a browser test: one relay, one browser, and people who come and go with each test.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Link, openLink } from './link.ts'
import type { Pad } from './pad.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

const pictures = fileURLToPath(new URL('../../../test-results/', import.meta.url))

export interface Stage {
  /** The relay's `http://127.0.0.1:PORT`. */
  readonly http: string
  /** One person's browser profile, gone after the test. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>
  /** A link to the relay that can be cut, gone after the test. */
  link(): Promise<Link>
  /** Keeps what a page shows as `test-results/NAME.png`. */
  picture(pad: Pad, name: string): Promise<void>
  /** Where a picture of that name is kept. */
  pictureFile(name: string): string
}

/** Sets the stage for the tests of the calling file. */
export function setStage(options: ServerOptions = {}): Stage {
  let server: Server
  let browser: Browser
  const contexts: BrowserContext[] = []
  const links: Link[] = []

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    server = await startServer(options)
    browser = await launchBrowser()
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    await Promise.all(links.splice(0).map((link) => link.close()))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  return {
    get http() {
      return server.http
    },
    async person(options) {
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options })
      contexts.push(context)
      return context
    },
    async link() {
      const link = await openLink(server.http)
      links.push(link)
      return link
    },
    async picture(pad, name) {
      await pad.page.screenshot({ path: this.pictureFile(name) })
    },
    pictureFile: (name) => `${pictures}${name}.png`,
  }
}
