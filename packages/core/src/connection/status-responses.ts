import { encodeStatusResponse } from '@infrarust/minecraft'

/** The statuses that are asked for at one time are those of a few servers. */
const KEPT = 8

/**
 * The Status Responses of one gateway. Whoever asks for the same gets the same bytes, which must not be written into:
 * thousands of clients may leave them unread, at 64 KiB and more each.
 */
export class StatusResponses {
  readonly #kept = new Map<string, Uint8Array>()

  /** The response of this JSON, and of what a backend had appended to it: `encodeStatusResponse(json, rest)`. */
  of(json: string, rest?: Uint8Array): Uint8Array {
    const key = rest === undefined ? json : `${json}\0${Buffer.from(rest).toString('latin1')}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const response = encodeStatusResponse(json, rest)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= KEPT) this.#kept.delete(oldest)
    this.#kept.set(key, response)
    return response
  }
}
