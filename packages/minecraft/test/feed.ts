import { expect } from 'vitest'
import type { DecodedFirst, DecodedLoginFrame } from '../src/index.ts'
import { join } from './hex.ts'

type Decode<Result> = (bytes: Uint8Array) => Result
/** `unless-more` is an answer for now: it waits for bytes as `incomplete` does. */
type AnyDecoded = { readonly kind: DecodedFirst['kind'] | DecodedLoginFrame<unknown>['kind'] }

/**
 * Feeds a message whole, a byte more each time, with other bytes behind it and from the middle of a larger buffer.
 * Nothing shorter may be taken for the message, and nothing behind it may be looked at.
 *
 * @returns what the whole message decodes to
 */
export function feed<Result extends AnyDecoded>(decode: Decode<Result>, message: Uint8Array): Result {
  const whole = decode(message)
  expect(whole).toMatchObject({ kind: 'decoded', consumedBytes: message.length })
  for (let cut = 0; cut < message.length; cut++) expectWaiting(decode(message.slice(0, cut)), cut, message.length)
  for (const tail of TAILS) expect(decode(join(message, tail))).toEqual(whole)
  const surrounded = join(Uint8Array.of(0xfe, 0x01), message, Uint8Array.of(0xfa))
  expect(decode(surrounded.subarray(2, 2 + message.length))).toEqual(whole)
  return whole
}

/**
 * Feeds bytes that are refused, as `feed` does. From the byte that decides it, however many follow, the refusal is the
 * same.
 *
 * @returns the refusal, and how many bytes it took
 */
export function feedRefused<Result extends AnyDecoded>(
  decode: Decode<Result>,
  bytes: Uint8Array,
): { readonly refusal: Result; readonly afterBytes: number } {
  const refusal = decode(bytes)
  expect(refusal).toMatchObject({ kind: 'malformed' })
  let afterBytes = bytes.length
  while (afterBytes > 0 && decode(bytes.slice(0, afterBytes - 1)).kind === 'malformed') afterBytes--
  for (let cut = 0; cut < afterBytes; cut++) expectWaiting(decode(bytes.slice(0, cut)), cut, Number.POSITIVE_INFINITY)
  for (let cut = afterBytes; cut <= bytes.length; cut++) expect(decode(bytes.slice(0, cut))).toEqual(refusal)
  for (const tail of TAILS) expect(decode(join(bytes, tail))).toEqual(refusal)
  return { refusal, afterBytes }
}

const TAILS = [Uint8Array.of(0), Uint8Array.of(0xff, 0xff), Uint8Array.of(0xfe, 0x01, 0xfa)]

function expectWaiting(result: AnyDecoded, receivedBytes: number, messageBytes: number): void {
  expect(['incomplete', 'unless-more']).toContain(result.kind)
  if ('atLeastBytes' in result) {
    expect(result.atLeastBytes).toBeGreaterThan(receivedBytes)
    expect(result.atLeastBytes).toBeLessThanOrEqual(messageBytes)
  }
}
