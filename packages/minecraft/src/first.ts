import { type Decoded, incomplete } from './decoded.ts'
import { decodeHandshake, HANDSHAKE_MAX_BYTES, type Handshake } from './handshake.ts'
import { decodeLegacyLogin, type LegacyLogin } from './legacy-login.ts'
import { decodeLegacyPing16, type LegacyPing } from './legacy-ping.ts'

/** What a client can open with. */
export type FirstMessage = Handshake | LegacyPing | LegacyLogin

/**
 * `unless-more`: the bytes are a whole legacy ping if nothing follows them, and the beginning of something else if
 * something does. Wait `graceMs` for the next byte, then take `value`.
 */
export type DecodedFirst =
  | Decoded<FirstMessage>
  | {
      readonly kind: 'unless-more'
      readonly value: LegacyPing
      readonly consumedBytes: number
      readonly graceMs: number
    }

/** The longest first message there is: both legacy ones are shorter than the longest handshake. */
export const FIRST_MESSAGE_MAX_BYTES: number = HANDSHAKE_MAX_BYTES

/** How long a byte behind `fe` or `fe 01` may take: ten round trips nearby, and no wait that a player would notice. */
export const LEGACY_PING_GRACE_MS = 300

/**
 * Decides what a client opens with, and decodes it.
 *
 * A frame of 254 or 382 bytes begins with FE as a legacy ping does. After `fe 01` a modern client sends 00, its packet
 * id, a 1.6 client `fa` and the rest of its ping, and an older one nothing; after `fe` alone any byte but 01 belongs to a modern frame. A frame
 * of two bytes could begin with 02 but could hold no handshake, so that is a legacy login.
 *
 * @param bytes everything received from the client so far; what follows the message is not looked at
 */
export function decodeFirst(bytes: Uint8Array): DecodedFirst {
  // Not by destructuring, which goes through the iterator of the array.
  const first = bytes[0]
  const second = bytes[1]
  const third = bytes[2]
  if (first === undefined) return incomplete(1)
  if (first === 0x02) return decodeLegacyLogin(bytes)
  if (first !== 0xfe) return decodeHandshake(bytes)

  if (second === undefined) return unlessMore('fe', 1)
  if (second !== 0x01) return decodeHandshake(bytes)

  if (third === undefined) return unlessMore('fe01', 2)
  if (third !== 0xfa) return decodeHandshake(bytes)
  const ping = decodeLegacyPing16(bytes)
  // Some tools send no more than its beginning, and read the answer to `fe 01`.
  return ping.kind === 'incomplete' ? unlessMore('fe01', bytes.length) : ping
}

function unlessMore(form: 'fe' | 'fe01', consumedBytes: number): DecodedFirst {
  return { kind: 'unless-more', value: { kind: 'legacy-ping', form }, consumedBytes, graceMs: LEGACY_PING_GRACE_MS }
}
