// Hex, and bytes written by lib0's encoder.
import * as encoding from 'lib0/encoding'

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Buffer.from(bytes).toString('hex')

/** @param {(encoder: encoding.Encoder) => void} write */
export const written = (write) => {
  const encoder = encoding.createEncoder()
  write(encoder)
  return encoding.toUint8Array(encoder)
}
