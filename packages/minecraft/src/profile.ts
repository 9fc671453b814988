import { concat } from './concat.ts'
import { type Decoded, decoded } from './decoded.ts'
import { malformed } from './errors.ts'
import type { FieldReader } from './field-reader.ts'
import { encodeBool, encodeString } from './field-writer.ts'
import { NAME_MAX_UNITS } from './login/start.ts'
import { parseJson } from './text/json.ts'
import { parseUuid } from './uuid.ts'
import { encodeVarInt } from './varint.ts'

/** Who a player is, as far as a server is told. */
export interface Profile {
  /** In lower case, with dashes. */
  readonly uuid: string
  readonly name: string
  /** The skin is one, `textures`. */
  readonly properties: readonly ProfileProperty[]
}

export interface ProfileProperty {
  readonly name: string
  readonly value: string
  /** Mojang's, in Base64; without it a client shows no skin. */
  readonly signature?: string
}

/**
 * Whether Mojang could have issued the name. Anybody can ask to log in with any other text, and no session server needs
 * to hear of it.
 */
export function isAccountName(name: string): boolean {
  return /^[A-Za-z0-9_]{1,16}$/.test(name)
}

const PROPERTY_MAX_UNITS = 32_767
/** No profile has a fraction of it. */
const PROFILE_JSON_MAX_UNITS = 65_536

/**
 * Decodes what a session server answers to `hasJoined`: `{"id", "name", "properties"}`. What else is in it is left out, and
 * properties of null, which some write for a player without a skin, are none.
 *
 * @param maxUnits the longest JSON to look at, in UTF-16 units
 */
export function decodeProfileJson(json: string, maxUnits: number = PROFILE_JSON_MAX_UNITS): Decoded<Profile> {
  if (json.length > maxUnits) return malformed('json-length', 0)
  const parsed = parseJson(json)
  if (parsed.kind !== 'json') return malformed('json-syntax', 0)
  const { value } = parsed
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) {
    return malformed('json-shape', 0)
  }
  const { id, name } = value
  const uuid = typeof id === 'string' ? parseUuid(id) : undefined
  const properties = toProperties(('properties' in value ? value.properties : undefined) ?? [])
  if (uuid === undefined || typeof name !== 'string' || properties === undefined) return malformed('json-shape', 0)
  if (name === '' || name.length > NAME_MAX_UNITS) return malformed('json-shape', 0)
  return decoded({ uuid, name, properties }, json.length)
}

/** Undefined for what is not a list of properties. A `signature` of null, which some write, is none. */
export function toProperties(value: unknown): readonly ProfileProperty[] | undefined {
  if (!Array.isArray(value)) return undefined
  const properties: ProfileProperty[] = []
  for (const item of value) {
    const property = toProperty(item)
    if (property === undefined) return undefined
    properties.push(property)
  }
  return properties
}

function toProperty(item: unknown): ProfileProperty | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item) || !('value' in item)) return undefined
  const { name, value } = item
  if (typeof name !== 'string' || typeof value !== 'string') return undefined
  const signature = 'signature' in item ? item.signature : undefined
  if (signature === undefined || signature === null) return { name, value }
  return typeof signature === 'string' ? { name, value, signature } : undefined
}

/** The list as it stands in a Login Success and in Velocity's payload. How many it announces allocates nothing. */
export function readProperties(reader: FieldReader): readonly ProfileProperty[] {
  const properties: ProfileProperty[] = []
  const countAt = reader.position
  const count = reader.varInt()
  if (count < 0) reader.refuse('array-length', countAt)
  for (let index = 0; index < count && !reader.isStopped; index++) {
    const name = reader.string(PROPERTY_MAX_UNITS)
    const value = reader.string(PROPERTY_MAX_UNITS)
    properties.push(reader.bool() ? { name, value, signature: reader.string(PROPERTY_MAX_UNITS) } : { name, value })
  }
  return properties
}

/** @throws MinecraftError `too-long` */
export function encodeProperties(properties: readonly ProfileProperty[]): Uint8Array {
  return concat(encodeVarInt(properties.length), ...properties.map(encodeProperty))
}

function encodeProperty({ name, value, signature }: ProfileProperty): Uint8Array {
  return concat(
    encodeString(name, PROPERTY_MAX_UNITS, 'the name of a property'),
    encodeString(value, PROPERTY_MAX_UNITS, `the property ${name}`),
    encodeBool(signature !== undefined),
    signature === undefined ? new Uint8Array(0) : encodeString(signature, PROPERTY_MAX_UNITS, 'a signature'),
  )
}
