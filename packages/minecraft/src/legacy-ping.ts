import type { Decoded } from './decoded.ts'
import { FieldReader } from './field-reader.ts'

/** The server list pings of clients before 1.7, told apart by what follows the first byte. */
export type LegacyPing =
  /** `fe`: Beta 1.8 to 1.3. */
  | { readonly kind: 'legacy-ping'; readonly form: 'fe' }
  /** `fe 01`: 1.4 and 1.5. */
  | { readonly kind: 'legacy-ping'; readonly form: 'fe01' }
  /** `fe 01 fa`: 1.6, the only one that says where it wants to go. */
  | {
      readonly kind: 'legacy-ping'
      readonly form: '1.6'
      readonly protocolVersion: number
      /** As sent; `splitAddress` tells what it may hold. */
      readonly host: string
      readonly port: number
    }

const CHANNEL = 'MC|PingHost'
const CHANNEL_AT = 3
const HOST_MAX_UNITS = 255

/**
 * Decodes the ping of a 1.6 client: `fe 01 fa`, the channel, the length of the rest, protocol version, host, port.
 *
 * @param bytes begins with `fe 01 fa`
 */
export function decodeLegacyPing16(bytes: Uint8Array): Decoded<LegacyPing> {
  const reader = new FieldReader(bytes, CHANNEL_AT, Number.POSITIVE_INFINITY)
  if (reader.string16(CHANNEL.length) !== CHANNEL) reader.refuse('ping-channel', CHANNEL_AT)
  const lengthAt = reader.position
  const restBytes = reader.uint16()
  const restAt = reader.position
  const protocolVersion = reader.uint8()
  const host = reader.string16(HOST_MAX_UNITS)
  const portAt = reader.position
  if (!reader.isStopped && portAt + 4 - restAt !== restBytes) reader.refuse('ping-length', lengthAt)
  const port = reader.int32()
  if (port < 0 || port > 0xffff) reader.refuse('port', portAt)
  return reader.finishOpen(() => ({ kind: 'legacy-ping', form: '1.6', protocolVersion, host, port }))
}
