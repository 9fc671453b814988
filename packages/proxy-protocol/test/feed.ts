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
    expect(decode(received, options), `the first ${length} bytes at once`).toEqual(soFar)
    if (soFar.kind === 'incomplete') {
      expect(isDecided, `waits again after ${length} bytes`).toBe(false)
      expect(soFar.atLeastBytes, `after ${length} bytes`).toBeGreaterThan(length)
      if (answer.kind === 'header') expect(soFar.atLeastBytes).toBeLessThanOrEqual(answer.headerBytes)
    } else {
      isDecided = true
      expect(soFar, `after ${length} bytes`).toEqual(answer)
      if (soFar.kind === 'header') expect(length).toBeGreaterThanOrEqual(soFar.headerBytes)
    }

    const inTwo = new Decoder(options)
    inTwo.decode(received)
    expect(inTwo.decode(bytes), `split after ${length} bytes`).toEqual(answer)
  }

  const surroundings = new Uint8Array(bytes.length + 64).fill(0x41)
  surroundings.set(bytes, 32)
  expect(decode(surroundings.subarray(32, 32 + bytes.length), options), 'inside a larger buffer').toEqual(answer)

  if (answer.kind !== 'incomplete') {
    for (const tail of TAILS) expect(decode(concat(bytes, tail), options), 'with bytes behind it').toEqual(answer)
  }
  return answer
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
