// Starts the program. Of several tabs of one person, the one that holds the lock keeps what was not
// sent, so that it is sent once.
import init, { start } from './tui_chat_web.js'

await init({ module_or_path: new URL('tui_chat_web_bg.wasm', import.meta.url) })
if (navigator.locks === undefined) {
  start(false)
} else {
  void navigator.locks.request('collab.tui', { ifAvailable: true }, (lock) => {
    start(lock !== null)
    return new Promise(() => {})
  })
}
