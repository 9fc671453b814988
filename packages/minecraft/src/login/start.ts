import { concat } from '../concat.ts'
import type { Decoded } from '../decoded.ts'
import { FieldReader } from '../field-reader.ts'
import { encodeBool, encodeByteArray, encodeInt64, encodeString } from '../field-writer.ts'
import { encodePacket } from '../frame.ts'
import { isSnapshot, NEWEST_PROTOCOL_VERSION } from '../protocol-versions.ts'
import { encodeUuid } from '../uuid.ts'
import { SERVERBOUND_LOGIN } from './packets.ts'

/** The client's first packet after a handshake with intent `login` or `transfer`. */
export interface LoginStart {
  readonly kind: 'login-start'
  readonly name: string
  /** What the client says its UUID is: anybody can claim any. Absent before 1.19.1, and where it was not found. */
  readonly claimedUuid: string | undefined
  /** Of 1.19 to 1.19.2 where the client has one. */
  readonly profileKey: ProfileKey | undefined
  /** `unknown`: what follows the name is not what this protocol version sends. It can be passed on all the same. */
  readonly layout: 'known' | 'unknown'
}

/**
 * The key with which a client of 1.19 to 1.19.2 signs its chat, and its Encryption Response. Whether Mojang vouches for it
 * has not been looked at. Decoded, its byte fields are copies: they are needed when the client has answered, and once more
 * when a backend is dialled.
 */
export interface ProfileKey {
  /** Milliseconds since 1970. */
  readonly expiresAtMs: bigint
  /** RSA, as SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  /** Mojang's, over all of it. */
  readonly signature: Uint8Array
}

export const NAME_MAX_UNITS = 16

/** A 1.19 signature block with the longest key and signature has some 4,700 bytes; the rest is for what comes. */
export const LOGIN_START_MAX_BYTES: number = 8 * 1024

const PACKET_ID = SERVERBOUND_LOGIN.indexOf('login-start')

/**
 * Decodes a Login Start of any protocol version. Only the name must be as expected: a snapshot, a later version or a
 * modified client may send anything after it, and can still be relayed.
 *
 * @param bytes           everything received since the handshake; what follows the frame is not looked at
 * @param protocolVersion the handshake's
 * @returns the packet; its first `consumedBytes` bytes are what can be forwarded untouched
 */
export function decodeLoginStart(bytes: Uint8Array, protocolVersion: number): Decoded<LoginStart> {
  const reader = FieldReader.ofPacket(bytes, PACKET_ID, LOGIN_START_MAX_BYTES)
  const nameAt = reader.position
  const name = reader.string(NAME_MAX_UNITS)
  if (name === '') reader.refuse('name', nameAt)
  const restAt = reader.position
  reader.skipRest()
  return reader.finish(() => {
    const rest = { bytes, start: restAt, end: reader.position }
    const { claimedUuid, profileKey, layout } = readAfterName(rest, protocolVersion)
    return { kind: 'login-start', name, claimedUuid, profileKey, layout }
  })
}

type AfterName = Pick<LoginStart, 'claimedUuid' | 'profileKey' | 'layout'>
type Fields = Pick<LoginStart, 'claimedUuid' | 'profileKey'>
type ReadFields = (reader: FieldReader) => Fields

/** What follows the name: a part of what was received, for a view of it costs more than to read it. */
interface Rest {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

const NO_FIELDS: Fields = { claimedUuid: undefined, profileKey: undefined }

/** Which fields follow the name, by the first protocol version that sends them; newest first. */
const LAYOUTS: readonly { readonly since: number; readonly read: ReadFields }[] = [
  { since: 764, read: readUuid },
  { since: 761, read: readOptionalUuid },
  { since: 760, read: readKeyAndOptionalUuid },
  { since: 759, read: readKey },
  { since: 0, read: () => NO_FIELDS },
]

function readAfterName(rest: Rest, protocolVersion: number): AfterName {
  if (isSnapshot(protocolVersion) || protocolVersion > NEWEST_PROTOCOL_VERSION) {
    return inLayout('unknown', readAll(rest, readUuid) ?? readAll(rest, readOptionalUuid) ?? NO_FIELDS)
  }
  const layout = LAYOUTS.find(({ since }) => protocolVersion >= since)
  const found = layout && readAll(rest, layout.read)
  return found === undefined ? inLayout('unknown', NO_FIELDS) : inLayout('known', found)
}

function inLayout(layout: LoginStart['layout'], { claimedUuid, profileKey }: Fields): AfterName {
  return { claimedUuid, profileKey, layout }
}

/** Undefined unless the fields take up all of `rest`, neither more nor less. */
function readAll({ bytes, start, end }: Rest, read: ReadFields): Fields | undefined {
  const reader = new FieldReader(bytes, start, end)
  const fields = read(reader)
  const result = reader.finish(() => fields)
  return result.kind === 'decoded' ? result.value : undefined
}

function readUuid(reader: FieldReader): Fields {
  return { claimedUuid: reader.uuid(), profileKey: undefined }
}

function readOptionalUuid(reader: FieldReader): Fields {
  return reader.bool() ? readUuid(reader) : NO_FIELDS
}

function readKey(reader: FieldReader): Fields {
  return { claimedUuid: undefined, profileKey: reader.bool() ? readProfileKey(reader) : undefined }
}

function readKeyAndOptionalUuid(reader: FieldReader): Fields {
  const { profileKey } = readKey(reader)
  return { claimedUuid: readOptionalUuid(reader).claimedUuid, profileKey }
}

/** As it stands in a Login Start, and in the payloads of Velocity's versions 2 and 3. */
export function readProfileKey(reader: FieldReader): ProfileKey {
  const expiresAtMs = reader.int64()
  const publicKey = reader.byteArray('varint', LOGIN_START_MAX_BYTES).slice()
  const signature = reader.byteArray('varint', LOGIN_START_MAX_BYTES).slice()
  return { expiresAtMs, publicKey, signature }
}

/**
 * Encodes a Login Start as an unmodified client sends it.
 *
 * @param uuid       left out where the protocol version has no room for it; all zeros where it must be and is not given
 * @param profileKey left out where the protocol version has no room for it
 * @throws MinecraftError `too-long` for a name over 16 characters or a key that fits no Login Start, `out-of-range` for
 *   what is not a UUID
 */
export function encodeLoginStart(
  name: string,
  protocolVersion: number,
  uuid?: string,
  profileKey?: ProfileKey,
): Uint8Array {
  return encodePacket(
    PACKET_ID,
    encodeString(name, NAME_MAX_UNITS, 'a player name'),
    encodeKeyField(protocolVersion, profileKey),
    encodeUuidField(protocolVersion, uuid),
  )
}

function encodeKeyField(protocolVersion: number, key: ProfileKey | undefined): Uint8Array {
  if (protocolVersion !== 759 && protocolVersion !== 760) return new Uint8Array(0)
  return key === undefined ? encodeBool(false) : concat(encodeBool(true), encodeProfileKey(key))
}

function encodeProfileKey(key: ProfileKey): Uint8Array {
  return concat(
    encodeInt64(key.expiresAtMs, 'the expiry'),
    encodeByteArray(key.publicKey, 'varint', LOGIN_START_MAX_BYTES, 'a profile key'),
    encodeByteArray(key.signature, 'varint', LOGIN_START_MAX_BYTES, 'the signature of a profile key'),
  )
}

function encodeUuidField(protocolVersion: number, uuid: string | undefined): Uint8Array {
  if (protocolVersion < 760) return new Uint8Array(0)
  if (protocolVersion >= 764) return encodeUuid(uuid ?? '00000000-0000-0000-0000-000000000000')
  return uuid === undefined ? encodeBool(false) : concat(encodeBool(true), encodeUuid(uuid))
}
