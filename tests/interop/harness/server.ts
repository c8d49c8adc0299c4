// Starts the real relay on a free port and a folder of its own, and ends it by its process ID.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const startTimeoutMs = 20_000
const stopTimeoutMs = 10_000

export interface ServerOptions {
  /** Folder of the store; by default a new one that `stop` removes. */
  data?: string
  /** Address to listen on; by default a free port of 127.0.0.1. */
  listen?: string
  /** Further arguments of the binary. */
  args?: string[]
  /** The relay alone, which is the default, or with accounts. */
  binary?: Binary
}

export type Binary = 'collab-server' | 'collab-rooms'

export interface Server {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly http: string
  /** `ws://127.0.0.1:PORT/sync`: what y-websocket calls the server's URL. */
  readonly sync: string
  readonly listen: string
  readonly data: string
  /** Everything that it printed. */
  readonly log: () => string
  /** Ends it as an operator would (SIGTERM); resolves when it is gone. */
  stop(): Promise<void>
  /** Ends it at once (SIGKILL) and keeps its folder; resolves when it is gone. */
  kill(): Promise<void>
}

/** The binary that `$COLLAB_SERVER` or `$COLLAB_ROOMS` names, or the newest one that cargo built. */
export function serverBinary(binary: Binary = 'collab-server'): string {
  const named = binary === 'collab-server' ? process.env.COLLAB_SERVER : process.env.COLLAB_ROOMS
  if (named) return named
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
  const built = ['release', 'debug']
    .map((profile) => path.join(target, profile, binary))
    .filter((file) => existsSync(file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  const newest = built[0]
  if (newest === undefined) throw new Error(`no server binary: cargo build --release -p ${binary}`)
  return newest
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const data = options.data ?? mkdtempSync(path.join(tmpdir(), 'collab-interop-'))
  const listen = options.listen ?? '127.0.0.1:0'
  const child = spawn(serverBinary(options.binary), ['--listen', listen, '--data', data, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = collectOutput(child)
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void gone.then(() => process.off('exit', killAtExit))

  const http = await printedUrl(child, printed)
  const { host } = new URL(http)
  return {
    http,
    sync: `ws://${host}/sync`,
    listen: host,
    data,
    log: () => printed.text,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await gone
      clearTimeout(late)
      if (options.data === undefined) rmSync(data, { recursive: true, force: true })
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

interface Printed {
  text: string
  onText: () => void
}

function collectOutput(child: ChildProcess): Printed {
  const printed: Printed = { text: '', onText: () => {} }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      printed.text += text
      printed.onText()
    })
  }
  return printed
}

/** The URL that the server prints once it listens. */
function printedUrl(child: ChildProcess, printed: Printed): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL')
      reject(new Error(`the server ${why}:\n${printed.text}`))
    }
    const late = setTimeout(() => fail('printed no URL in time'), startTimeoutMs)
    child.once('error', (error) => fail(`did not start (${error.message})`))
    const ended = (code: number | null) => fail(`ended with ${code}`)
    child.once('exit', ended)
    printed.onText = () => {
      const url = /https?:\/\/[\w.[\]:-]+:[1-9]\d*/.exec(printed.text)?.[0]
      if (url === undefined) return
      clearTimeout(late)
      child.off('exit', ended)
      printed.onText = () => {}
      resolve(url)
    }
  })
}
