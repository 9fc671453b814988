import type { HeaderToEncode } from './endpoints.ts'
import type { Version } from './header.ts'
import { encodeV1 } from './v1.ts'
import { type EncodeV2Options, encodeV2 } from './v2.ts'

export interface EncodeOptions extends EncodeV2Options {
  /** Default: 2. */
  readonly version?: Version
}

/**
 * Encodes the header of either version; the bytes are the caller's.
 *
 * @throws {ProxyProtocolError} for what the version cannot say
 */
export function encode(header: HeaderToEncode, options: EncodeOptions = {}): Uint8Array {
  return options.version === 1 ? encodeV1(header) : encodeV2(header, options)
}
