import { type Inflate, plainFrame } from '../compressed-frame.ts'
import { concat } from '../concat.ts'
import type { Decoded } from '../decoded.ts'
import { malformed } from '../errors.ts'
import { FieldReader } from '../field-reader.ts'
import { encodeString } from '../field-writer.ts'
import { decodeLoginPluginRequest, encodeLoginPluginRequest } from '../login/plugin.ts'
import { NAME_MAX_UNITS, type ProfileKey, readProfileKey } from '../login/start.ts'
import { encodeProperties, type Profile, readProperties } from '../profile.ts'
import { layoutVersion } from '../protocol-versions.ts'
import { encodeUuid } from '../uuid.ts'
import { encodeVarInt } from '../varint.ts'
import { CLIENT_ADDRESS_MAX_UNITS, forwardedAddress } from './client-address.ts'

/**
 * Velocity's "modern" forwarding: a backend since 1.13 asks who the player is, and believes an answer that is signed with
 * the secret that it shares with the proxy. Nothing in the answer says to which backend it was given: whoever has the
 * secret can show it to another one.
 */
export interface VelocityForwarding {
  readonly kind: 'velocity-forwarding'
  readonly version: number
  readonly clientAddress: string
  readonly profile: Profile
  /** In versions 2 and 3, which Velocity sends for clients of 1.19 to 1.19.2. */
  readonly profileKey: ProfileKey | undefined
}

/** HMAC-SHA256 of `data` with the shared secret: 32 bytes. The secret itself does not come here. */
export type HmacSha256 = (data: Uint8Array) => Uint8Array

const VELOCITY_CHANNEL = 'velocity:player_info'
/** Name and address alone. */
const DEFAULT_VERSION = 1
/** The same layout: the backend may expect the client's key from the client itself. */
const LAZY_SESSION_VERSION = 4
/** Clients send their key when they are in. */
const LAZY_SESSION_SINCE = 761
const SIGNATURE_BYTES = 32

/** What a backend asks. */
export interface VelocityRequest {
  readonly kind: 'velocity-request'
  /** Goes into the Login Plugin Response. */
  readonly messageId: number
  /** The highest version that the backend understands; those that send none understand the first. */
  readonly versionAsked: number
}

/** The request is 26 to 30 bytes long. What is longer is another one, and is not inflated to find out. */
const REQUEST_MAX_BYTES = 256

/**
 * Finds a backend's request in a frame that it sent. A login must not go on to its end without one: such a backend would
 * believe anybody.
 *
 * @param frame   a Login Plugin Request as `decodeClientboundLogin` gives it
 * @param inflate as there
 * @returns undefined for every other request, which is the client's to answer
 */
export function decodeVelocityRequest(frame: Uint8Array, inflate: Inflate | undefined): VelocityRequest | undefined {
  const plain = plainFrame(frame, inflate, REQUEST_MAX_BYTES)
  const request = plain.kind === 'decoded' ? decodeLoginPluginRequest(plain.value) : plain
  if (request.kind !== 'decoded' || request.value.channel !== VELOCITY_CHANNEL) return undefined
  const { messageId, data } = request.value
  return { kind: 'velocity-request', messageId, versionAsked: data[0] ?? DEFAULT_VERSION }
}

/** Encodes a backend's request: a Login Plugin Request. */
export function encodeVelocityRequest(messageId: number, highestVersion: number = LAZY_SESSION_VERSION): Uint8Array {
  return encodeLoginPluginRequest({ messageId, channel: VELOCITY_CHANNEL, data: Uint8Array.of(highestVersion) })
}

/**
 * Encodes the answer: the data of a Login Plugin Response. It is of version 4 where backend and client know that, and of version 1 everywhere else:
 * FabricProxy-Lite takes no other, and every backend takes these two. What 2 and 3 would add is the key that a client of
 * 1.19 to 1.19.2 signs its chat with.
 *
 * @param versionAsked    the request's
 * @param protocolVersion the client's
 * @throws MinecraftError `too-long`, `out-of-range` for what is no address or UUID
 */
export function encodeVelocityForwarding(
  { clientAddress, profile }: Pick<VelocityForwarding, 'clientAddress' | 'profile'>,
  { versionAsked, protocolVersion }: { readonly versionAsked: number; readonly protocolVersion: number },
  hmac: HmacSha256,
): Uint8Array {
  const isLazy = versionAsked >= LAZY_SESSION_VERSION && layoutVersion(protocolVersion) >= LAZY_SESSION_SINCE
  const payload = concat(
    encodeVarInt(isLazy ? LAZY_SESSION_VERSION : DEFAULT_VERSION),
    encodeString(forwardedAddress(clientAddress), CLIENT_ADDRESS_MAX_UNITS, 'a client address'),
    encodeUuid(profile.uuid),
    encodeString(profile.name, NAME_MAX_UNITS, 'a player name'),
    encodeProperties(profile.properties),
  )
  return concat(hmac(payload), payload)
}

/**
 * Decodes the data of an answer, for a backend. Nothing of it is read before its signature is found right.
 *
 * @param data all of it
 */
export function decodeVelocityForwarding(data: Uint8Array, hmac: HmacSha256): Decoded<VelocityForwarding> {
  const payload = data.subarray(SIGNATURE_BYTES)
  if (!areEqual(data.subarray(0, SIGNATURE_BYTES), hmac(payload))) return malformed('signature', 0)
  const reader = new FieldReader(data, SIGNATURE_BYTES, data.length)
  const version = reader.varInt()
  if (version < DEFAULT_VERSION || version > LAZY_SESSION_VERSION) reader.refuse('forwarding-version', SIGNATURE_BYTES)
  const clientAddress = reader.string(CLIENT_ADDRESS_MAX_UNITS)
  const uuid = reader.uuid()
  const name = reader.string(NAME_MAX_UNITS)
  const properties = readProperties(reader)
  const profileKey = version === 2 || version === 3 ? readProfileKey(reader) : undefined
  // Whose key it is; it is the player's own.
  if (version === 3 && reader.bool()) reader.uuid()
  return reader.finish(() => ({
    kind: 'velocity-forwarding',
    version,
    clientAddress,
    profile: { uuid, name, properties },
    profileKey,
  }))
}

/** In a time that does not tell where they differ. */
function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0)
  return difference === 0
}
