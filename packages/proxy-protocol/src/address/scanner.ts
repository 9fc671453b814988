import { byteAt } from '../bytes.ts'

/** Reads a text one character at a time and refuses at the first that cannot belong to it. */
export abstract class Scanner {
  /** @returns whether this character may come next; what was taken before it stays */
  abstract take(character: number): boolean

  /** @returns the offset of the first byte that it did not take, `end` where it took all */
  scan(bytes: Uint8Array, from: number, end: number): number {
    let at = from
    while (at < end && this.take(byteAt(bytes, at))) at++
    return at
  }
}
