import type { Decoded } from './decoded.ts'
import { FieldReader } from './field-reader.ts'

/** The first packet (02) of a client before 1.7 that wants to play. */
export interface LegacyLogin {
  readonly kind: 'legacy-login'
  readonly name: string
  /** Known since 1.3; before that the packet does not say. */
  readonly protocolVersion: number | undefined
  /** Where the client wants to go; clients before 1.2 do not say. `splitAddress` tells what its host may hold. */
  readonly target: { readonly host: string; readonly port: number } | undefined
}

const NAME_MAX_UNITS = 16
const HOST_MAX_UNITS = 255
/** `name;host:port`. A length below 256 begins with a zero byte, which tells this form from the later one. */
const OLD_FORM_MAX_UNITS = 255
const PROTOCOL_AT = 1

/**
 * Decodes a handshake of 1.3 to 1.6 (protocol version, name, host, port) or the older one, a single string
 * `name;host:port` or `name`. Strings are UTF-16BE; clients before Beta 1.5 wrote UTF-8 and are not understood.
 *
 * @param bytes begins with 02
 */
export function decodeLegacyLogin(bytes: Uint8Array): Decoded<LegacyLogin> {
  return bytes[PROTOCOL_AT] === 0 ? decodeOldForm(bytes) : decodeNewForm(bytes)
}

function decodeNewForm(bytes: Uint8Array): Decoded<LegacyLogin> {
  const reader = new FieldReader(bytes, PROTOCOL_AT, Number.POSITIVE_INFINITY)
  const protocolVersion = reader.uint8()
  const nameAt = reader.position
  const name = reader.string16(NAME_MAX_UNITS)
  if (name === '') reader.refuse('name', nameAt)
  const host = reader.string16(HOST_MAX_UNITS)
  const portAt = reader.position
  const port = reader.int32()
  if (port < 0 || port > 0xffff) reader.refuse('port', portAt)
  return reader.finishOpen(() => ({ kind: 'legacy-login', name, protocolVersion, target: { host, port } }))
}

function decodeOldForm(bytes: Uint8Array): Decoded<LegacyLogin> {
  const reader = new FieldReader(bytes, PROTOCOL_AT, Number.POSITIVE_INFINITY)
  const text = reader.string16(OLD_FORM_MAX_UNITS)
  const [name = '', ...after] = text.split(';')
  if (name === '') reader.refuse('name', PROTOCOL_AT)
  else if (name.length > NAME_MAX_UNITS) reader.refuse('string-length', PROTOCOL_AT)
  return reader.finishOpen(() => ({
    kind: 'legacy-login',
    name,
    protocolVersion: undefined,
    target: readTarget(after.join(';')),
  }))
}

/** `host:port`; the host may be an IPv6 address with colons of its own. */
function readTarget(text: string): LegacyLogin['target'] {
  const colon = text.lastIndexOf(':')
  const digits = text.slice(colon + 1)
  if (colon < 1 || !/^[0-9]{1,5}$/.test(digits) || Number(digits) > 0xffff) return undefined
  return { host: text.slice(0, colon), port: Number(digits) }
}
