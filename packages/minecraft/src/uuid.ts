import { cannotEncode } from './errors.ts'

/** Two digits for each byte. Every login of a modern client pays for its UUID, so nothing is formatted one by one. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** @param bytes sixteen of them */
export function decodeUuid(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < 16; at++) {
    if (at === 4 || at === 6 || at === 8 || at === 10) text += '-'
    text += HEX[bytes[at] ?? 0]
  }
  return text
}

/** @throws MinecraftError `out-of-range` for what is not a UUID, with or without dashes */
export function encodeUuid(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '')
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw cannotEncode('out-of-range', `the UUID "${uuid}"`)
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}
