// The primitives of PROTOCOL section 2.
import * as encoding from 'lib0/encoding'
import { hex, written } from './bytes.mjs'

const integers = [
  0, 1, 127, 128, 129, 255, 256, 16383, 16384, 2097151, 2097152, 268435455, 268435456,
  2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 35 - 1, 2 ** 35, 2 ** 42, 2 ** 49 - 1, 2 ** 49,
  2 ** 53 - 2, Number.MAX_SAFE_INTEGER,
]

const strings = [
  '', 'a', 'line\nline', '\u0000', 'äöü', '日本語', '\u{1F600}', 'a\u{1F468}\u200d\u{1F469}b', '\ufeff', 'x'.repeat(127),
  'x'.repeat(128), 'é'.repeat(8192),
]

const byteArrays = [[], [0], [255, 254, 0, 1], Array.from({ length: 200 }, (_, i) => i)]

export const lib0 = () => ({
  writtenBy: 'lib0 0.2.120',
  varUint: integers.map((value) => ({ value, hex: hex(written((e) => encoding.writeVarUint(e, value))) })),
  varString: strings.map((value) => ({ value, hex: hex(written((e) => encoding.writeVarString(e, value))) })),
  varBytes: byteArrays.map((value) => ({
    value: hex(Uint8Array.from(value)),
    hex: hex(written((e) => encoding.writeVarUint8Array(e, Uint8Array.from(value)))),
  })),
})
