// A network link that can be cut: a TCP proxy in front of the relay. A browser's offline mode
// leaves open WebSockets alone; this does not.
import net, { type AddressInfo } from 'node:net'

export interface Link {
  /** `http://127.0.0.1:PORT`, the relay as seen through the link. */
  readonly http: string
  /** Breaks all connections and refuses new ones. */
  cut(): void
  /** Lets connections through again. */
  restore(): void
  close(): Promise<void>
}

/** A link to `relay` (`http://HOST:PORT`) on a free port. */
export async function openLink(relay: string): Promise<Link> {
  const { hostname, port } = new URL(relay)
  const sockets = new Set<net.Socket>()
  let whole = true

  const server = net.createServer((near) => {
    if (!whole) {
      near.resetAndDestroy()
      return
    }
    const far = net.connect(Number(port), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const breakAll = () => sockets.forEach((socket) => socket.destroy())
  return {
    http: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false
      breakAll()
    },
    restore() {
      whole = true
    },
    async close() {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
