// Our documents, without network and browser: the process of `collab-core/examples/peer.rs`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export type Action =
  | { do: 'edit'; at: number; delete: number; insert: string }
  | { do: 'undo' | 'redo' }
  | { do: 'pause'; ms: number }
  | { do: 'receive'; updates: string[] }
  | { do: 'look'; digest?: string }

/** Bytes are hex. */
export interface Answer {
  updates: string[]
  text: string
  snapshot: string
  digest: string | null
}

export interface Peers {
  /** Lets the document of a client ID do something. */
  act(client: number, action: Action): Promise<Answer>
  close(): void
}

export function startPeers(): Peers {
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
  const binary = ['debug', 'release'].map((profile) => path.join(target, profile, 'examples/peer')).find(existsSync)
  if (binary === undefined) throw new Error('no peer: cargo build -p collab-core --example peer')
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async act(client, action) {
      child.stdin.write(`${JSON.stringify({ client, ...action })}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`the peer ended while it should ${JSON.stringify(action)}`)
      return JSON.parse(value) as Answer
    },
    close: () => child.stdin.end(),
  }
}
