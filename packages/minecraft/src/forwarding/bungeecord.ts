import { type Decoded, decoded } from '../decoded.ts'
import { cannotEncode, malformed } from '../errors.ts'
import { HOST_MAX_UNITS } from '../handshake.ts'
import type { Markers } from '../handshake-address.ts'
import { type Profile, type ProfileProperty, toProperties } from '../profile.ts'
import { parseJson } from '../text/json.ts'
import { parseUuid, undashedUuid } from '../uuid.ts'
import { CLIENT_ADDRESS, forwardedAddress } from './client-address.ts'
import { forgeProperties } from './forge.ts'

/**
 * What BungeeCord's ("legacy") forwarding puts into the address field of a handshake: host, client address and UUID with
 * NULs between them, and a list of properties as JSON. Nothing proves it: a backend that reads it believes whoever
 * reaches its port, unless BungeeGuard's token is among the properties.
 */
export interface BungeeCordForwarding {
  readonly kind: 'bungeecord-forwarding'
  readonly host: string
  readonly clientAddress: string
  readonly uuid: string
  readonly properties: readonly ProfileProperty[]
}

/**
 * Encodes the address field. Pass `FORWARDED_ADDRESS_MAX_UNITS` to `encodeHandshake`: with a skin it has some 2,000
 * characters. Markers of Forge become properties, for Spigot refuses a fifth part; data of Floodgate has no place here.
 *
 * @param host    what the backend shall see, without markers
 * @param markers of the client's handshake
 * @throws MinecraftError `too-long`, `out-of-range` for what is no host, address or UUID
 */
export function encodeBungeeCordAddress(
  host: string,
  { clientAddress, profile }: { readonly clientAddress: string; readonly profile: Omit<Profile, 'name'> },
  markers: Markers,
): string {
  if (host.length > HOST_MAX_UNITS) throw cannotEncode('too-long', `a host of ${host.length} characters`)
  if (host.includes('\0')) throw cannotEncode('out-of-range', 'a host with a NUL')
  const parts = [host, forwardedAddress(clientAddress), undashedUuid(profile.uuid)]
  const properties = [...profile.properties, ...forgeProperties(markers)]
  // As BungeeCord: no list where it would be empty.
  if (properties.length > 0) parts.push(JSON.stringify(properties))
  return parts.join('\0')
}

/**
 * Decodes the address field of a handshake, for a backend, as Spigot and Paper do.
 *
 * @param address the field whole: `address` of what `decodeHandshake` gives for `FORWARDED_ADDRESS_MAX_UNITS`
 * @returns `malformed` with `forwarding` for the address of a client that came without a proxy
 */
export function decodeBungeeCordAddress(address: string): Decoded<BungeeCordForwarding> {
  const parts = address.split('\0', 5)
  const [host = '', clientAddress = '', uuidText = '', json] = parts
  if (parts.length < 3 || parts.length > 4 || !CLIENT_ADDRESS.test(clientAddress)) return malformed('forwarding', 0)
  const uuid = parseUuid(uuidText)
  if (uuid === undefined) return malformed('uuid', 0)
  const parsed = parseJson(json ?? '[]')
  if (parsed.kind !== 'json') return malformed('json-syntax', 0)
  const properties = toProperties(parsed.value)
  if (properties === undefined) return malformed('json-shape', 0)
  return decoded({ kind: 'bungeecord-forwarding', host, clientAddress, uuid, properties }, address.length)
}
