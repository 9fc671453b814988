import type { Decoded } from './decoded.ts'
import { malformed } from './errors.ts'
import type { Version } from './header.ts'
import { recognise, V2_SIGNATURE } from './signature.ts'
import { LineDecoder, SHORTEST_LINE_BYTES } from './v1.ts'
import { decodeV2, FIXED_BYTES, LONGEST_V2_BYTES } from './v2.ts'

export interface DecodeOptions {
  /** The longest header to accept, all its bytes counted. Default: what the protocol can say, 65,551. */
  readonly limitBytes?: number | undefined
  /** Versions to accept. Default: both. */
  readonly versions?: readonly Version[] | undefined
  /**
   * Accept `PROXY` only for TCP over IPv4 or IPv6; unix sockets, datagrams and unspecified families of version 2 are
   * `address-family` then, as early as their byte. `LOCAL` and `UNKNOWN` stay.
   */
  readonly onlyTcp?: boolean | undefined
}

/**
 * Decodes the PROXY header at the start of a connection, of either version.
 *
 * @param bytes everything received so far; not copied, TLV values are views into it
 * @returns the header and its length (the next byte belongs to the protocol behind it); `incomplete`; or `malformed`,
 *   at the first byte that cannot belong to a header, TLVs once all of them are there: a checksum needs the last, and
 *   the fault at the lowest offset is the one that is named. Bytes that come later never change an answer but
 *   `incomplete`.
 * @see PROXY protocol, section 2
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  return new Decoder(options).decode(bytes)
}

/**
 * Decodes a header that arrives in pieces. It looks at each byte of a version 1 line once, however it is cut.
 * One decoder serves one connection.
 */
export class Decoder {
  readonly #options: DecodeOptions
  #line: LineDecoder | undefined

  constructor(options: DecodeOptions = {}) {
    this.#options = options
  }

  /** @param received everything received so far, what was there at the last call included; answers as `decode` does */
  decode(received: Uint8Array): Decoded {
    const { limitBytes, onlyTcp } = this.#options
    const version = acceptedVersion(received, this.#options)
    if (version === 2) return decodeV2(received, limitBytes ?? LONGEST_V2_BYTES, onlyTcp)
    if (version !== 1) return version
    this.#line ??= new LineDecoder(limitBytes)
    return this.#line.decode(received)
  }
}

function acceptedVersion(bytes: Uint8Array, options: DecodeOptions): Version | Decoded {
  const recognised = recognise(bytes)
  if (recognised.kind === 'none') return malformed('no-signature', recognised.offset)
  if (recognised.kind === 'undecided') return { kind: 'incomplete', atLeastBytes: shortestFrom(bytes) }
  // Decided by the whole signature, not by its first byte: the operator reads that it was a header, and which.
  if (options.versions?.includes(recognised.version) === false) return malformed('version-refused', 0)
  return recognised.version
}

/** The first byte tells the versions apart; before it either may come. */
function shortestFrom(bytes: Uint8Array): number {
  return bytes.length > 0 && bytes[0] === V2_SIGNATURE[0] ? FIXED_BYTES : SHORTEST_LINE_BYTES
}
