// The least page that lets one type: joins a room as applications do, offline storage included, and
// makes an edit as soon as that is possible. `window.firstEdit` says when each step was done.
import { connect, preload } from 'collab-wasm'
import { LoopSocket } from '../loop-socket.mjs'

/** @typedef {{ script: number, module: number, room: number, edit: number, sent: number }} Marks milliseconds after the navigation began */

Object.assign(window, { firstEdit: firstEdit() })

/** @returns {Promise<Marks>} */
async function firstEdit() {
  const script = performance.now()
  const loading = preload().then(() => performance.now())
  const room = await connect('ws://bench', 'bench', { WebSocket: LoopSocket })
  const joined = performance.now()
  const socket = LoopSocket.latest
  if (socket === undefined) throw new Error('the client opened no socket')
  /** @type {Promise<number>} */
  const sending = new Promise((resolve) => (socket.onupdate = () => resolve(performance.now())))
  const file = room.files.open('main')
  file.edit([{ at: file.length, delete: 0, insert: 'x' }])
  const edit = performance.now()
  return { script, module: await loading, room: joined, edit, sent: await sending }
}
