// Bundles `page/` with Vite, serves it beside the histories on a free port, and asks it in Chromium.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { readHistory, updatesFile } from './histories.mjs'

const executablePath = process.env['COLLAB_CHROMIUM'] ?? '/usr/bin/chromium'
const ywasm = path.dirname(createRequire(import.meta.url).resolve('ywasm'))

export async function openBrowser() {
  const folder = mkdtempSync(path.join(tmpdir(), 'collab-bench-'))
  await bundle(folder)
  const server = createServer((request, response) => {
    answer(folder, request.url ?? '/').then(
      ({ type, body, ...more }) => response.writeHead(200, { ...isolated, ...more, 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const browser = await chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu'] })

  /** Each measurement has a page, and with it a heap, of its own. @param {object} task */
  const ask = async (task) => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 } })
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    await page.waitForFunction('window.bench !== undefined')
    const measured = await page.evaluate(`window.bench(${JSON.stringify(task)})`)
    await context.close()
    return /** @type {import('./cases.mjs').Measured} */ (measured)
  }
  /** Loads the page that types as soon as it can, with an empty cache and then with a filled one. */
  const firstEdit = async () => {
    const context = await browser.newContext()
    const loads = []
    for (let load = 0; load < 3; load += 1) {
      const page = await context.newPage()
      // To start a process for the page is the browser's work, and depends on what else the machine does.
      await page.goto(`http://127.0.0.1:${port}/empty`)
      await page.goto(`http://127.0.0.1:${port}/first.html`)
      await page.waitForFunction('window.firstEdit !== undefined')
      loads.push(/** @type {import('./page/first.mjs').Marks} */ (await page.evaluate('window.firstEdit')))
      await page.close()
    }
    await context.close()
    // The browser keeps the compiled code at the second load, and uses it at the third.
    const [cold, , warm] = loads
    if (cold === undefined || warm === undefined) throw new Error('a page did not load')
    return { cold, warm }
  }
  return {
    firstEdit,
    /** @param {{ contender: string, which: string, history: string, limitMs: number }} task */
    measure: (task) => ask(task),
    /** @param {string} editor */
    keystrokes: (editor) => ask({ editor }),
    version: async () => browser.version(),
    async close() {
      await browser.close()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @param {string} folder */
async function bundle(folder) {
  const root = fileURLToPath(new URL('page/', import.meta.url))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    base: './',
    resolve: { dedupe: ['monaco-editor', 'yjs'] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 20_000,
      rolldownOptions: { input: ['index.html', 'first.html'].map((name) => path.join(root, name)) },
    },
  })
}

/** @param {string} folder @param {string} url @returns {Promise<{ type: string, body: string | Buffer, [header: string]: string | Buffer }>} */
async function answer(folder, url) {
  const { pathname } = new URL(url, 'http://localhost')
  const [, first = '', name = ''] = pathname.split('/')
  if (first === 'empty') return { type: 'text/html', body: '<!doctype html><title>empty</title>' }
  if (first === 'history') return { type: 'application/json', body: JSON.stringify(readHistory(name)) }
  if (first === 'updates') return { type: 'application/octet-stream', body: await readFile(updatesFile(name)) }
  const file = first === 'ywasm' ? path.join(ywasm, name) : path.join(folder, pathname === '/' ? 'index.html' : path.normalize(pathname))
  const type = types[path.extname(file)] ?? 'application/octet-stream'
  if (first === 'ywasm' || path.extname(file) === '.html') return { type, body: await readFile(file) }
  return { type, body: await compressed(file), 'content-encoding': 'br', 'cache-control': 'public, max-age=31536000, immutable' }
}

/** As our server has its files: compressed by the build. @type {Map<string, Buffer>} */
const kept = new Map()

/** @param {string} file */
async function compressed(file) {
  const known = kept.get(file)
  if (known !== undefined) return known
  const body = brotliCompressSync(await readFile(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  kept.set(file, body)
  return body
}

/** Only isolated pages have a clock of 5 microseconds; others have 100. */
const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

/** @type {Record<string, string>} */
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' }
