import { encodeStatusResponse } from '@infrarust/minecraft'

/** How many are kept: the statuses that are asked for at one time are those of a few servers. */
const KEPT = 8
const kept = new Map<string, Uint8Array>()

/**
 * The Status Response of this JSON, and of what a backend had appended to it. Whoever asks for the same gets the same
 * bytes, which must not be written into: thousands of clients may leave them unread, at 64 KiB and more each.
 */
export function statusResponse(json: string, rest?: Uint8Array): Uint8Array {
  const key = rest === undefined ? json : `${json}\0${Buffer.from(rest).toString('latin1')}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const response = encodeStatusResponse(json, rest)
  const [oldest] = kept.keys()
  if (oldest !== undefined && kept.size >= KEPT) kept.delete(oldest)
  kept.set(key, response)
  return response
}
