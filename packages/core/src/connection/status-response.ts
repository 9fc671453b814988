import { encodeStatusResponse } from '@infrarust/minecraft'

/** How many are kept: the statuses that are asked for at one time are those of a few servers. */
const KEPT = 8
const kept = new Map<string, Uint8Array>()

/**
 * The Status Response of this JSON. Whoever asks for the same gets the same bytes, which must not be written into:
 * thousands of clients may leave them unread, at up to 64 KiB each.
 */
export function statusResponse(json: string): Uint8Array {
  const known = kept.get(json)
  if (known !== undefined) return known
  const response = encodeStatusResponse(json)
  const [oldest] = kept.keys()
  if (oldest !== undefined && kept.size >= KEPT) kept.delete(oldest)
  kept.set(json, response)
  return response
}
