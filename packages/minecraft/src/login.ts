import { concat } from './concat.ts'
import type { Decoded } from './decoded.ts'
import { FieldReader } from './field-reader.ts'
import { encodeString } from './field-writer.ts'
import { encodePacket } from './frame.ts'
import { isSnapshot, NEWEST_PROTOCOL_VERSION } from './protocol-versions.ts'
import type { TextComponent } from './text/component.ts'
import { encodeUuid } from './uuid.ts'

/** The client's first packet after a handshake with intent `login` or `transfer`. */
export interface LoginStart {
  readonly kind: 'login-start'
  readonly name: string
  /** What the client says its UUID is: anybody can claim any. Absent before 1.19.1, and where it was not found. */
  readonly claimedUuid: string | undefined
  /** `unknown`: what follows the name is not what this protocol version sends. It can be passed on all the same. */
  readonly layout: 'known' | 'unknown'
}

export const NAME_MAX_UNITS = 16

/** A 1.19 signature block with the longest key and signature has some 4,700 bytes; the rest is for what comes. */
export const LOGIN_START_MAX_BYTES: number = 8 * 1024

const LOGIN_START_ID = 0
const DISCONNECT_ID = 0
/** The longest JSON text that every client reads. */
const DISCONNECT_MAX_UNITS = 32_767

/**
 * Decodes a Login Start of any protocol version. Only the name must be as expected: a snapshot, a later version or a
 * modified client may send anything after it, and can still be relayed.
 *
 * @param bytes           everything received since the handshake; what follows the frame is not looked at
 * @param protocolVersion the handshake's
 * @returns the packet; its first `consumedBytes` bytes are what can be forwarded untouched
 */
export function decodeLoginStart(bytes: Uint8Array, protocolVersion: number): Decoded<LoginStart> {
  const reader = FieldReader.ofFrame(bytes, LOGIN_START_MAX_BYTES)
  const idAt = reader.position
  if (reader.varInt() !== LOGIN_START_ID) reader.refuse('packet-id', idAt)
  const nameAt = reader.position
  const name = reader.string(NAME_MAX_UNITS)
  if (name === '') reader.refuse('name', nameAt)
  const restAt = reader.position
  reader.skipRest()
  return reader.finish(() => {
    const { claimedUuid, layout } = readAfterName({ bytes, start: restAt, end: reader.position }, protocolVersion)
    return { kind: 'login-start', name, claimedUuid, layout }
  })
}

type AfterName = Pick<LoginStart, 'claimedUuid' | 'layout'>
type ReadUuid = (reader: FieldReader) => string | undefined

/** What follows the name: a part of what was received, for a view of it costs more than to read it. */
interface Rest {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** Which fields follow the name, by the first protocol version that sends them; newest first. */
const LAYOUTS: readonly { readonly since: number; readonly read: ReadUuid }[] = [
  { since: 764, read: readUuid },
  { since: 761, read: readOptionalUuid },
  { since: 760, read: readSignatureAndOptionalUuid },
  { since: 759, read: readSignature },
  { since: 0, read: () => undefined },
]

function readAfterName(rest: Rest, protocolVersion: number): AfterName {
  if (isSnapshot(protocolVersion) || protocolVersion > NEWEST_PROTOCOL_VERSION) {
    return { claimedUuid: readAll(rest, readUuid)?.uuid ?? readAll(rest, readOptionalUuid)?.uuid, layout: 'unknown' }
  }
  const layout = LAYOUTS.find(({ since }) => protocolVersion >= since)
  const found = layout && readAll(rest, layout.read)
  return { claimedUuid: found?.uuid, layout: found === undefined ? 'unknown' : 'known' }
}

/** Undefined unless the fields take up all of `rest`, neither more nor less. */
function readAll({ bytes, start, end }: Rest, read: ReadUuid): { readonly uuid: string | undefined } | undefined {
  const reader = new FieldReader(bytes, start, end)
  const uuid = read(reader)
  const result = reader.finish(() => ({ uuid }))
  return result.kind === 'decoded' ? result.value : undefined
}

function readUuid(reader: FieldReader): string {
  return reader.uuid()
}

function readOptionalUuid(reader: FieldReader): string | undefined {
  return reader.uint8() === 0 ? undefined : readUuid(reader)
}

function readSignatureAndOptionalUuid(reader: FieldReader): string | undefined {
  readSignature(reader)
  return readOptionalUuid(reader)
}

/** Whether a profile key is there, when it expires, the key, the signature: nothing of use to a proxy. */
function readSignature(reader: FieldReader): undefined {
  if (reader.uint8() === 0) return
  reader.bytes(8)
  readByteArray(reader)
  readByteArray(reader)
}

function readByteArray(reader: FieldReader): void {
  const lengthAt = reader.position
  const length = reader.varInt()
  if (length < 0) reader.refuse('past-end', lengthAt)
  reader.bytes(length)
}

/**
 * Encodes a Login Start as an unmodified client without a profile key sends it.
 *
 * @param uuid left out where the protocol version has no room for it; all zeros where it must be and is not given
 * @throws MinecraftError `too-long` for a name over 16 characters, `out-of-range` for what is not a UUID
 */
export function encodeLoginStart(name: string, protocolVersion: number, uuid?: string): Uint8Array {
  const nameField = encodeString(name, NAME_MAX_UNITS, 'a player name')
  const noSignature = protocolVersion === 759 || protocolVersion === 760 ? Uint8Array.of(0) : new Uint8Array(0)
  return encodePacket(LOGIN_START_ID, nameField, noSignature, encodeUuidField(protocolVersion, uuid))
}

function encodeUuidField(protocolVersion: number, uuid: string | undefined): Uint8Array {
  if (protocolVersion < 760) return new Uint8Array(0)
  if (protocolVersion >= 764) return encodeUuid(uuid ?? '00000000-0000-0000-0000-000000000000')
  return uuid === undefined ? Uint8Array.of(0) : concat(Uint8Array.of(1), encodeUuid(uuid))
}

/**
 * Encodes the packet that refuses a login and shows a text. In this phase it is JSON in every version: the binary texts
 * of 1.20.3 and later belong to configuration and play.
 *
 * @throws MinecraftError `too-long` over 32,767 characters of JSON
 */
export function encodeLoginDisconnect(reason: TextComponent): Uint8Array {
  return encodePacket(DISCONNECT_ID, encodeString(JSON.stringify(reason), DISCONNECT_MAX_UNITS, 'a disconnect text'))
}

/**
 * Decodes the disconnect packet of a backend, for a check of it.
 *
 * @param limitBytes the longest frame to accept
 * @returns its JSON text as sent; `decodeTextJson` makes a component of it
 */
export function decodeLoginDisconnect(bytes: Uint8Array, limitBytes: number): Decoded<string> {
  const reader = FieldReader.ofFrame(bytes, limitBytes)
  const idAt = reader.position
  if (reader.varInt() !== DISCONNECT_ID) reader.refuse('packet-id', idAt)
  const json = reader.string(DISCONNECT_MAX_UNITS)
  return reader.finish(() => json)
}
