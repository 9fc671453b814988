import type { Decoded } from '../decoded.ts'
import { FieldReader } from '../field-reader.ts'
import { encodeBool, encodeString } from '../field-writer.ts'
import { encodePacket, FRAME_MAX_BYTES } from '../frame.ts'
import { encodeProperties, type Profile, readProperties } from '../profile.ts'
import { layoutVersion } from '../protocol-versions.ts'
import { encodeUuid, parseUuid, undashedUuid } from '../uuid.ts'
import { CLIENTBOUND_LOGIN } from './packets.ts'
import { NAME_MAX_UNITS } from './start.ts'

/**
 * The packet that ends a login. Pass it on as it came, whatever is in it: versions keep adding to it. This is for a log,
 * and for whoever writes a backend.
 */
export interface LoginSuccess {
  readonly kind: 'login-success'
  /** Without properties before 1.19, which told them later. */
  readonly profile: Profile
  /** What this version or a later one has behind them, not looked at: a view. */
  readonly rest: Uint8Array
}

const PACKET_ID = CLIENTBOUND_LOGIN.indexOf('login-success')
const UUID_TEXT_MAX_UNITS = 36
const NO_SESSION = '00000000-0000-0000-0000-000000000000'

/**
 * @param protocolVersion the handshake's
 * @param limitBytes      the longest frame to accept
 */
export function decodeLoginSuccess(
  bytes: Uint8Array,
  protocolVersion: number,
  limitBytes: number = FRAME_MAX_BYTES,
): Decoded<LoginSuccess> {
  const version = layoutVersion(protocolVersion)
  const reader = FieldReader.ofPacket(bytes, PACKET_ID, limitBytes)
  const uuid = version >= 735 ? reader.uuid() : readUuidText(reader)
  const name = reader.string(NAME_MAX_UNITS)
  const properties = version >= 759 ? readProperties(reader) : []
  const rest = reader.rest()
  return reader.finish(() => ({ kind: 'login-success', profile: { uuid, name, properties }, rest }))
}

/** Servers of 1.7.2 to 1.7.5 leave the dashes out, and forks do as they please. */
function readUuidText(reader: FieldReader): string {
  const at = reader.position
  const uuid = parseUuid(reader.string(UUID_TEXT_MAX_UNITS))
  if (uuid === undefined) reader.refuse('uuid', at)
  return uuid ?? ''
}

/**
 * Encodes a Login Success as a vanilla server sends it.
 *
 * @param sessionId a UUID that all players share until nobody is left; zeros where it is left out. Since 26.2
 * @throws MinecraftError `too-long`, `out-of-range` for what is not a UUID
 */
export function encodeLoginSuccess(
  profile: Profile,
  protocolVersion: number,
  sessionId: string = NO_SESSION,
): Uint8Array {
  const version = layoutVersion(protocolVersion)
  return encodePacket(
    PACKET_ID,
    encodeUuidField(profile.uuid, version),
    encodeString(profile.name, NAME_MAX_UNITS, 'a player name'),
    version >= 759 ? encodeProperties(profile.properties) : NOTHING,
    // Whether a client hangs up on a packet that it cannot read: vanilla says yes.
    version === 766 || version === 767 ? encodeBool(true) : NOTHING,
    version >= 776 ? encodeUuid(sessionId) : NOTHING,
  )
}

const NOTHING = new Uint8Array(0)

function encodeUuidField(uuid: string, version: number): Uint8Array {
  if (version >= 735) return encodeUuid(uuid)
  const undashed = undashedUuid(uuid)
  const text = version <= 4 ? undashed : (parseUuid(undashed) ?? '')
  return encodeString(text, UUID_TEXT_MAX_UNITS, 'a UUID')
}
