import { createHash, timingSafeEqual } from 'node:crypto'

/** What somebody may do: `write` includes `read`. */
export type Access = 'read' | 'write'

/** Tells keys from each other, in a time that says nothing about how much of one is right. */
export class AccessKeys {
  readonly #digests: readonly (readonly [access: Access, digest: Buffer])[]

  constructor(apiKey: string, readKey: string | undefined) {
    this.#digests = [
      ['write', digestOf(apiKey)],
      ...(readKey === undefined ? [] : [['read', digestOf(readKey)] as const]),
    ]
  }

  /** @returns undefined for a key that is none */
  accessOf(key: string): Access | undefined {
    const digest = digestOf(key)
    // All of them are compared, whichever it is.
    const found = this.#digests.filter(([, known]) => timingSafeEqual(known, digest))
    return found[0]?.[0]
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
