// Reads what `histories.mjs` keeps: a count, the lengths, the updates; the last one is the whole.

/** @param {ArrayBuffer} buffer @returns {Pick<import('./cases.mjs').History, 'updates' | 'whole'>} */
export function splitUpdates(buffer) {
  const [count = 0] = new Uint32Array(buffer, 0, 1)
  const lengths = new Uint32Array(buffer, 4, count)
  let at = 4 + 4 * count
  const updates = Array.from(lengths, (length) => {
    at += length
    return new Uint8Array(buffer, at - length, length)
  })
  const whole = updates.pop()
  if (whole === undefined) throw new Error('a history without updates')
  return { updates, whole }
}
