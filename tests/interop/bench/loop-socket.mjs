// A relay on the other end of a WebSocket that has no network in it: speaks `collab.v1` from
// PROTOCOL section 4, so that a bench runs the package as applications do, session included.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

const CHANNEL = 1
const [HELLO, WELCOME, OPEN, OPENED, PUSH, DURABLE] = [16, 17, 18, 19, 21, 23]
const [SYNC, STEP_1, STEP_2, UPDATE] = [0, 0, 1, 2]
const MIB = 2 ** 20

/** A relay acknowledges what came in one turn at once. */
const PUSHES_PER_ACKNOWLEDGEMENT = 64

/** @typedef {(encoder: encoding.Encoder) => void} Write */

export class LoopSocket {
  /** The newest one. @type {LoopSocket | undefined} */
  static latest
  /** Called for each update that the client pushes. @type {() => void} */
  onupdate = () => undefined
  /** @type {((event: any) => void) | null} */ onopen = null
  /** @type {((event: any) => void) | null} */ onmessage = null
  /** @type {((event: any) => void) | null} */ onclose = null
  /** @type {((event: any) => void) | null} */ onerror = null
  binaryType = 'arraybuffer'
  bufferedAmount = 0
  protocol = 'collab.v1'

  constructor() {
    LoopSocket.latest = this
    queueMicrotask(() => this.onopen?.({}))
  }

  close() {
    this.onmessage = null
  }

  /** @param {Uint8Array} frame */
  send(frame) {
    const decoder = decoding.createDecoder(frame)
    decoding.readVarUint(decoder)
    const type = decoding.readVarUint(decoder)
    if (type === PUSH) this.#pushed(decoding.readVarUint(decoder))
    else if (type === HELLO) this.#reply(0, WELCOME, welcome)
    else if (type === OPEN) this.#opened(decoding.readVarString(decoder))
    else if (type === SYNC && decoding.readVarUint(decoder) === STEP_1) this.#sync(STEP_2, new Uint8Array([0, 0]))
  }

  /** Brings the client somebody else's update. @param {Uint8Array} update */
  deliver(update) {
    this.deliverFrame(updateFrame(update))
  }

  /** Brings the client a frame. @param {ArrayBuffer} data */
  deliverFrame(data) {
    this.onmessage?.({ data })
  }

  /** @param {number} seq */
  #pushed(seq) {
    this.onupdate()
    if (seq % PUSHES_PER_ACKNOWLEDGEMENT === 1) this.#reply(CHANNEL, DURABLE, (encoder) => encoding.writeVarUint(encoder, seq))
  }

  /** @param {string} name */
  #opened(name) {
    this.#reply(CHANNEL, OPENED, (encoder) => {
      encoding.writeVarString(encoder, name)
      encoding.writeVarUint(encoder, 1)
    })
    this.#sync(STEP_1, new Uint8Array([0]))
  }

  /** @param {number} step @param {Uint8Array} body */
  #sync(step, body) {
    this.deliverFrame(syncFrame(step, body))
  }

  /** @param {number} channel @param {number} type @param {Write} write */
  #reply(channel, type, write) {
    this.deliverFrame(frame(channel, type, write))
  }
}

/** What a relay sends of somebody else's update. @param {Uint8Array} update */
export function updateFrame(update) {
  return syncFrame(UPDATE, update)
}

/** @param {number} step @param {Uint8Array} body */
function syncFrame(step, body) {
  return frame(CHANNEL, SYNC, (encoder) => {
    encoding.writeVarUint(encoder, step)
    encoding.writeVarUint8Array(encoder, body)
  })
}

/** @param {number} channel @param {number} type @param {Write} write */
function frame(channel, type, write) {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, channel)
  encoding.writeVarUint(encoder, type)
  write(encoder)
  return encoding.toUint8Array(encoder).slice().buffer
}

/** @type {Write} */
function welcome(encoder) {
  const [version, peer, access, expiresAtMs, flags] = [1, 1, 1, 0, 1]
  encoding.writeVarUint(encoder, version)
  encoding.writeVarUint(encoder, peer)
  encoding.writeVarString(encoder, '')
  for (const number of [access, expiresAtMs, 64 * MIB, 64 * MIB, 64 * 1024, 64 * 1024, flags]) {
    encoding.writeVarUint(encoder, number)
  }
}
