import { byteAt } from './bytes.ts'
import type { Version } from './header.ts'

/** `PROXY`, the first bytes of a version 1 line. */
export const V1_SIGNATURE: Uint8Array = Uint8Array.from([0x50, 0x52, 0x4f, 0x58, 0x59])

/** `\r\n\r\n\0\r\nQUIT\n`, chosen so that servers of most other protocols hang up on it. */
export const V2_SIGNATURE: Uint8Array = Uint8Array.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
])

/** Whose signature the bytes begin with; `undecided` while what is there fits one but is not all of it. */
export type Recognised =
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'undecided' }
  | { readonly kind: 'none'; readonly offset: number }

const VERSION_1: Recognised = { kind: 'version', version: 1 }
const VERSION_2: Recognised = { kind: 'version', version: 2 }
const UNDECIDED: Recognised = { kind: 'undecided' }

/**
 * Tells the versions apart, at the first byte that can be neither.
 *
 * @see PROXY protocol, section 2.2, "parsers must check the signature"
 */
export function recognise(bytes: Uint8Array): Recognised {
  if (bytes.length === 0) return UNDECIDED
  const isV1 = bytes[0] === V1_SIGNATURE[0]
  const signature = isV1 ? V1_SIGNATURE : V2_SIGNATURE
  const comparable = Math.min(bytes.length, signature.length)
  for (let at = 0; at < comparable; at++) {
    if (byteAt(bytes, at) !== byteAt(signature, at)) return { kind: 'none', offset: at }
  }
  if (bytes.length < signature.length) return UNDECIDED
  return isV1 ? VERSION_1 : VERSION_2
}

/**
 * For a listener where a header may stand or not: whether these first bytes are to be read as one. One byte does not
 * tell, other protocols begin with 0D or 50 too (a Minecraft frame of 13 or 80 bytes); two do.
 */
export function beginsHeader(bytes: Uint8Array): 'yes' | 'no' | 'undecided' {
  const recognised = recognise(bytes.subarray(0, 2))
  if (recognised.kind === 'none') return 'no'
  return bytes.length < 2 ? 'undecided' : 'yes'
}
