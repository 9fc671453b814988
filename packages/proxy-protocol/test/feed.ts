import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { type Decoded, type DecodeOptions, Decoder, decode } from '../src/index.ts'

const TAILS = [
  [0],
  [0x0d, 0x0a],
  [0x50, 0x52, 0x4f, 0x58, 0x59, 0x20],
  [0xff, 0xff, 0xff, 0xff],
  new Array(600).fill(0x31),
]

/**
 * Decodes the same bytes whole, byte by byte, split at every offset, in the middle of a larger buffer, and with bytes
 * behind them, and checks that all of it comes to the same answer at the same byte.
 */
export function feed(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const answer = decode(bytes, options)

  const byBytes = new Decoder(options)
  let isDecided = false
  for (let length = 0; length <= bytes.length; length++) {
    const received = bytes.subarray(0, length)
    const soFar = byBytes.decode(received)
    expectSame(decode(received, options), soFar, () => `the first ${length} bytes at once`)
    if (soFar.kind === 'incomplete') {
      if (isDecided) expect.fail(`waits again after ${length} bytes`)
      if (soFar.atLeastBytes <= length) expect.fail(`waits for ${soFar.atLeastBytes} bytes after ${length} bytes`)
      if (answer.kind === 'header' && soFar.atLeastBytes > answer.headerBytes)
        expect.fail(`waits for ${soFar.atLeastBytes} bytes after ${length}, behind the header`)
    } else {
      isDecided = true
      expectSame(soFar, answer, () => `after ${length} bytes`)
      if (soFar.kind === 'header' && length < soFar.headerBytes) expect.fail(`takes ${soFar.headerBytes} of ${length}`)
    }

    const inTwo = new Decoder(options)
    inTwo.decode(received)
    expectSame(inTwo.decode(bytes), answer, () => `split after ${length} bytes`)
  }

  const surroundings = new Uint8Array(bytes.length + 64).fill(0x41)
  surroundings.set(bytes, 32)
  expect(decode(surroundings.subarray(32, 32 + bytes.length), options), 'inside a larger buffer').toEqual(answer)

  if (answer.kind !== 'incomplete') {
    for (const tail of TAILS) expect(decode(concat(bytes, tail), options), 'with bytes behind it').toEqual(answer)
  }
  return answer
}

/** Thousands of these pass for one that fails: only that one pays for an `expect` and its text. */
function expectSame(actual: Decoded, expected: Decoded, what: () => string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, what()).toEqual(expected)
}

export function concat(...parts: ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

/** Hex with spaces where they help the reader. */
export function hex(...digits: string[]): Uint8Array {
  return new Uint8Array(Buffer.from(digits.join('').replaceAll(' ', ''), 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

export const SIGNATURE = '0d0a0d0a000d0a515549540a'
/** 203.0.113.7:54321 to 198.51.100.2:25565 */
export const IPV4_BLOCK = 'cb007107 c6336402 d431 63dd'
