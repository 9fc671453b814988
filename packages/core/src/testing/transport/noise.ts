import { Buffer } from 'node:buffer'

/** Bytes that look like nothing else: the same for the same seed, and at no offset like those of another. */
export function noise(seed: number, bytes: number): Buffer {
  const words = new Uint32Array(bytes / 4)
  let state = Math.imul(seed, 0x9e3779b1) | 1
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return Buffer.from(words.buffer)
}
