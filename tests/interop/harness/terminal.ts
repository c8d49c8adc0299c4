// A real terminal with a chat program in it: a tmux of its own, ended with the test.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface Terminal {
  /** What is on the screen. */
  screen(): string
  sees(text: string): Promise<void>
  /** Types a line and Enter. */
  types(text: string): void
  close(): void
}

/** Somebody at a terminal of 100 by 24 cells with `tui-chat`, in a room of the relay at `http`. */
export function openTerminal(http: string, room: string, name: string): Terminal {
  const { hostname, port } = new URL(http)
  return run((folder) => [
    ...[binary('tui-chat'), '--host', hostname, '--port', port],
    ...['--room', room, '--name', name, '--config', folder],
  ])
}

/** Somebody at a terminal with the client of `simple-chat`, in the room `lobby`. */
export function openSimpleChat(http: string, name: string): Terminal {
  const { hostname, port } = new URL(http)
  return run(() => [binary('simple-chat'), 'client', '--host', hostname, '--port', port, '--username', name])
}

/** Runs a command in a tmux of its own; it is given a folder that is gone afterwards. */
function run(command: (folder: string) => string[]): Terminal {
  const folder = mkdtempSync(path.join(tmpdir(), 'collab-terminal-'))
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-S', path.join(folder, 'socket'), '-f', '/dev/null', ...words], { encoding: 'utf8' })
  tmux('-u', 'new-session', '-d', '-x', '100', '-y', '24', '-s', 'chat', ...command(folder))
  const screen = () => tmux('capture-pane', '-p', '-t', 'chat')
  return {
    screen,
    sees: (text) => expect.poll(screen, { timeout: 30_000 }).toContain(text),
    types(text) {
      tmux('send-keys', '-t', 'chat', '-l', text)
      tmux('send-keys', '-t', 'chat', 'Enter')
    },
    close() {
      tmux('kill-server')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The newest build of a program. */
function binary(name: string): string {
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
  const built = ['release', 'debug']
    .map((profile) => path.join(target, profile, name))
    .filter((file) => existsSync(file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  const newest = built[0]
  if (newest === undefined) throw new Error(`no ${name}: cargo build -p ${name}`)
  return newest
}
