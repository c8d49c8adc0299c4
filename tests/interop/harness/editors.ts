// Bundles the editor pages of `editors/` with Vite and serves them on a free port.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import type { EditorPage } from '../editors/shape.ts'

export type EditorClient = 'our-codemirror' | 'our-monaco' | 'stock-codemirror' | 'stock-monaco'

export interface EditorPages {
  /** Opens a client in a browser profile of its own; resolves once it is synced. */
  open(browser: Browser, visit: { client: EditorClient; sync: string; room: string; name: string }): Promise<Editor>
  close(): Promise<void>
}

/** A page with an editor, as a test drives it. */
export class Editor {
  readonly page: Page
  readonly client: EditorClient
  constructor(page: Page, client: EditorClient) {
    this.page = page
    this.client = client
  }

  text = () => this.#ask('text')
  connects = () => this.#ask('connects')
  names = () => this.#ask('names')
  selections = () => this.#ask('selections')

  /** Types at the end of the text, key by key. */
  async type(text: string): Promise<void> {
    await this.page.evaluate(() => window.editorPage?.focusEnd())
    await this.page.keyboard.type(text)
  }

  async select(anchor: number, head: number): Promise<void> {
    await this.page.evaluate(([from, to]) => window.editorPage?.select(from, to), [anchor, head] as const)
  }

  async #ask<K extends 'text' | 'connects' | 'names' | 'selections'>(what: K): Promise<ReturnType<EditorPage[K]>> {
    const answer = await this.page.evaluate((key) => window.editorPage?.[key](), what)
    if (answer === undefined) throw new Error('the page has no editor')
    return answer as ReturnType<EditorPage[K]>
  }
}

export async function buildEditorPages(): Promise<EditorPages> {
  const folder = mkdtempSync(path.join(tmpdir(), 'collab-editors-'))
  await build({
    root: fileURLToPath(new URL('../editors/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    base: './',
    // Packages find the Monaco that this workspace installs, not one nearer to themselves.
    resolve: { dedupe: ['monaco-editor', 'yjs'] },
    build: { outDir: folder, emptyOutDir: true, minify: false, target: 'es2023', chunkSizeWarningLimit: 20_000 },
  })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = path.join(folder, path.normalize(pathname === '/' ? '/index.html' : pathname))
    readFile(file).then(
      (bytes) => response.writeHead(200, { 'content-type': contentType(file) }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    async open(browser, visit) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${port}/?${new URLSearchParams(visit)}`)
      await page.waitForFunction(() => window.editorPage !== undefined)
      return new Editor(page, visit.client)
    },
    async close() {
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
}

function contentType(file: string): string {
  return contentTypes[path.extname(file)] ?? 'application/octet-stream'
}
