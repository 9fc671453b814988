import type { Decoded } from '../decoded.ts'
import { FieldReader } from '../field-reader.ts'
import { encodeBool, encodeString } from '../field-writer.ts'
import { encodePacket, FRAME_MAX_BYTES } from '../frame.ts'
import { encodeVarInt } from '../varint.ts'
import { CLIENTBOUND_LOGIN, SERVERBOUND_LOGIN } from './packets.ts'

/** A question of a server, a mod or a proxy to whoever logs in, since 1.13. */
export interface LoginPluginRequest {
  readonly kind: 'login-plugin-request'
  /** The server's choice; Paper takes random ones, often below zero. */
  readonly messageId: number
  readonly channel: string
  /** A view. */
  readonly data: Uint8Array
}

/** Its answer. A vanilla client understands no channel; a server may kick for an answer that it did not ask for. */
export interface LoginPluginResponse {
  readonly kind: 'login-plugin-response'
  readonly messageId: number
  /** A view; undefined where the question was not understood. */
  readonly data: Uint8Array | undefined
}

const REQUEST_ID = CLIENTBOUND_LOGIN.indexOf('login-plugin-request')
const RESPONSE_ID = SERVERBOUND_LOGIN.indexOf('login-plugin-response')
/** An identifier is any string as far as its length goes. */
const CHANNEL_MAX_UNITS = 32_767

/** @param limitBytes the longest frame to accept */
export function decodeLoginPluginRequest(
  bytes: Uint8Array,
  limitBytes: number = FRAME_MAX_BYTES,
): Decoded<LoginPluginRequest> {
  const reader = FieldReader.ofPacket(bytes, REQUEST_ID, limitBytes)
  const messageId = reader.varInt()
  const channel = reader.string(CHANNEL_MAX_UNITS)
  const data = reader.rest()
  return reader.finish(() => ({ kind: 'login-plugin-request', messageId, channel, data }))
}

/** @throws MinecraftError `too-long`, `out-of-range` for an id that is no 32-bit integer */
export function encodeLoginPluginRequest({ messageId, channel, data }: Omit<LoginPluginRequest, 'kind'>): Uint8Array {
  const channelField = encodeString(channel, CHANNEL_MAX_UNITS, 'a channel')
  return encodePacket(REQUEST_ID, encodeVarInt(messageId), channelField, data)
}

/** @param limitBytes the longest frame to accept */
export function decodeLoginPluginResponse(
  bytes: Uint8Array,
  limitBytes: number = FRAME_MAX_BYTES,
): Decoded<LoginPluginResponse> {
  const reader = FieldReader.ofPacket(bytes, RESPONSE_ID, limitBytes)
  const messageId = reader.varInt()
  const data = reader.bool() ? reader.rest() : undefined
  return reader.finish(() => ({ kind: 'login-plugin-response', messageId, data }))
}

/** @throws MinecraftError `too-long`, `out-of-range` for an id that is no 32-bit integer */
export function encodeLoginPluginResponse({ messageId, data }: Omit<LoginPluginResponse, 'kind'>): Uint8Array {
  return encodePacket(RESPONSE_ID, encodeVarInt(messageId), encodeBool(data !== undefined), data ?? new Uint8Array(0))
}
