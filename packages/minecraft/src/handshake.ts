import type { Decoded } from './decoded.ts'
import { cannotEncode } from './errors.ts'
import { FieldReader } from './field-reader.ts'
import { encodeString, encodeUint16 } from './field-writer.ts'
import { encodeFrame, encodePacket } from './frame.ts'
import { type AddressParts, splitAddress } from './handshake-address.ts'
import { encodeVarInt } from './varint.ts'

/** The first packet of every client since 1.7. */
export interface Handshake extends AddressParts {
  readonly kind: 'handshake'
  /** Signed: tools that only ping send −1. */
  readonly protocolVersion: number
  /** The address field whole, as sent; `host`, `suffix` and `markers` are its parts. */
  readonly address: string
  readonly port: number
  readonly intent: Intent
  /** The packet with its length field, as received: a view, to be forwarded untouched. */
  readonly frame: Uint8Array
}

/** What the client is about to do; `transfer` (since 1.20.5) is a login that another server asked for. */
export type Intent = 'status' | 'login' | 'transfer'

/** The longest host, in UTF-16 units: what a player can type, and the longest whole address that a vanilla server takes. */
export const HOST_MAX_UNITS = 255

/**
 * The longest address with all that was appended to the host: Floodgate's data is 344 to 464 characters long, and
 * filtering services add theirs.
 */
export const ADDRESS_MAX_UNITS = 4_096

/** The longest address that BungeeCord's forwarding can make: Spigot and Paper read no more. */
export const FORWARDED_ADDRESS_MAX_UNITS = 32_767

/** Three bytes of frame length, four VarInts of five, an address of three bytes a unit, a port. */
export const HANDSHAKE_MAX_BYTES: number = handshakeBytes(ADDRESS_MAX_UNITS)

function handshakeBytes(addressUnits: number): number {
  return 3 + 4 * 5 + 3 * addressUnits + 2
}

const PACKET_ID = 0
const INTENTS: readonly (Intent | undefined)[] = [undefined, 'status', 'login', 'transfer']

/**
 * Decodes a handshake. It is refused at the first byte that rules it out, before its end has come.
 *
 * @param bytes           everything received from the client so far; what follows the frame is not looked at
 * @param addressMaxUnits a backend behind BungeeCord's forwarding takes `FORWARDED_ADDRESS_MAX_UNITS`
 * @returns the handshake, which holds a view into `bytes`
 */
export function decodeHandshake(bytes: Uint8Array, addressMaxUnits: number = ADDRESS_MAX_UNITS): Decoded<Handshake> {
  const reader = FieldReader.ofPacket(bytes, PACKET_ID, handshakeBytes(addressMaxUnits))
  const protocolVersion = reader.varInt()
  const addressAt = reader.position
  const address = reader.string(addressMaxUnits)
  const { host, suffix, markers } = splitAddress(address)
  if (host.length > HOST_MAX_UNITS) reader.refuse('string-length', addressAt)
  const port = reader.uint16()
  const intentAt = reader.position
  const intent = INTENTS[reader.varInt()]
  if (intent === undefined) reader.refuse('intent', intentAt)
  return reader.finish(() => {
    const frame = bytes.subarray(0, reader.position)
    return {
      kind: 'handshake',
      protocolVersion,
      address,
      host,
      suffix,
      markers,
      port,
      intent: intent ?? 'status',
      frame,
    }
  })
}

/**
 * Encodes a handshake of our own: for a status fetch, a test, or a login at a backend that is told who the player is.
 *
 * @param addressMaxUnits `FORWARDED_ADDRESS_MAX_UNITS` where BungeeCord's forwarding data is in the address
 * @throws MinecraftError `too-long` for an address over `addressMaxUnits`, `out-of-range` for a port or protocol version
 */
export function encodeHandshake(
  handshake: Pick<Handshake, 'protocolVersion' | 'address' | 'port' | 'intent'>,
  addressMaxUnits: number = ADDRESS_MAX_UNITS,
): Uint8Array {
  return encodePacket(
    PACKET_ID,
    encodeVarInt(handshake.protocolVersion),
    encodeString(handshake.address, addressMaxUnits, 'an address'),
    encodeUint16(handshake.port, 'the port'),
    encodeVarInt(INTENTS.indexOf(handshake.intent)),
  )
}

/** Whether its server must take more than vanilla does: whoever appends as much as Floodgate has a plugin there. */
function isForLongAddresses({ address, suffix, markers }: Handshake): boolean {
  const hasFloodgate = markers.kind === 'known' && markers.names.some((name) => name.startsWith('^Floodgate^'))
  return address.length > HOST_MAX_UNITS || suffix !== '' || hasFloodgate
}

/**
 * The received handshake with another host. Its suffix, its markers and every other field stay byte for byte as they
 * came.
 *
 * @returns a new frame, or undefined where the address would become longer than its server takes: 255 characters, or
 *   4,096 behind Floodgate or a filtering service. How long its markers are is the client's choice
 * @throws MinecraftError `too-long` for a host that can fit no handshake
 */
export function rewriteHost(handshake: Handshake, host: string): Uint8Array | undefined {
  if (host.length > HOST_MAX_UNITS) throw cannotEncode('too-long', `a host of ${host.length} characters`)
  const address = host + handshake.address.slice(handshake.host.length)
  if (address.length > (isForLongAddresses(handshake) ? ADDRESS_MAX_UNITS : HOST_MAX_UNITS)) return undefined

  const { frame } = handshake
  const reader = FieldReader.ofFrame(frame, HANDSHAKE_MAX_BYTES)
  const bodyStart = reader.position
  reader.varInt() // packet id
  reader.varInt() // protocol version
  const addressStart = reader.position
  reader.string(ADDRESS_MAX_UNITS)
  const addressEnd = reader.position
  return encodeFrame(
    frame.subarray(bodyStart, addressStart),
    encodeString(address, ADDRESS_MAX_UNITS, 'an address'),
    frame.subarray(addressEnd),
  )
}
