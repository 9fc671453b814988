import { cannotEncode } from './errors.ts'
import { encodeUtf8 } from './utf8.ts'

/** The codes of `0` to `f`. */
const DIGITS: readonly number[] = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
const DASH = 0x2d

/**
 * Every login of a modern client pays for this, and a session keeps the text. In one call it is made three times as fast
 * as piece by piece (`pnpm bench`), and as one string of 56 bytes, where V8 would keep each step of a concatenation: 500
 * bytes. `test/plain.ts` has the plain form.
 *
 * @param o where its sixteen bytes begin
 */
// biome-ignore format: a group a line
export function decodeUuid(b: Uint8Array, o: number = 0): string {
  return String.fromCharCode(
    high(b, o), low(b, o), high(b, o + 1), low(b, o + 1), high(b, o + 2), low(b, o + 2), high(b, o + 3), low(b, o + 3), DASH,
    high(b, o + 4), low(b, o + 4), high(b, o + 5), low(b, o + 5), DASH,
    high(b, o + 6), low(b, o + 6), high(b, o + 7), low(b, o + 7), DASH,
    high(b, o + 8), low(b, o + 8), high(b, o + 9), low(b, o + 9), DASH,
    high(b, o + 10), low(b, o + 10), high(b, o + 11), low(b, o + 11), high(b, o + 12), low(b, o + 12),
    high(b, o + 13), low(b, o + 13), high(b, o + 14), low(b, o + 14), high(b, o + 15), low(b, o + 15),
  )
}

/** The code of the upper digit of a byte. */
function high(bytes: Uint8Array, at: number): number {
  return DIGITS[(bytes[at] ?? 0) >>> 4] ?? 0
}

function low(bytes: Uint8Array, at: number): number {
  return DIGITS[(bytes[at] ?? 0) & 0xf] ?? 0
}

/** @throws MinecraftError `out-of-range` for what is not a UUID, with or without dashes */
export function encodeUuid(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '')
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw cannotEncode('out-of-range', `the UUID "${uuid}"`)
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}

/**
 * A UUID as it is written everywhere here: in lower case, with dashes.
 *
 * @param text in either form: session servers and BungeeCord leave the dashes out
 * @returns undefined for what is not a UUID
 */
export function parseUuid(text: string): string | undefined {
  if (!UUID_TEXT.test(text)) return undefined
  return text
    .replaceAll('-', '')
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const UUID_TEXT = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/**
 * A UUID in lower case without dashes, as in the answers of session servers, in BungeeCord's forwarding and up to 1.7.5.
 *
 * @throws MinecraftError `out-of-range` for what is not a UUID
 */
export function undashedUuid(uuid: string): string {
  const parsed = parseUuid(uuid)
  if (parsed === undefined) throw cannotEncode('out-of-range', `the UUID "${uuid}"`)
  return parsed.replaceAll('-', '')
}

/**
 * The UUID that a server in offline mode gives to a name; case matters. It is a hash of the name without a namespace,
 * marked as version 3.
 *
 * @param md5 gives the 16 bytes of the hash
 */
export function offlineUuid(name: string, md5: (data: Uint8Array) => Uint8Array): string {
  const hash = md5(encodeUtf8(`OfflinePlayer:${name}`)).slice()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x30
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return decodeUuid(hash)
}
