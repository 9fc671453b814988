import type { Decoded } from '../decoded.ts'
import { FieldReader } from '../field-reader.ts'
import { encodeString } from '../field-writer.ts'
import { encodePacket } from '../frame.ts'
import type { TextComponent } from '../text/component.ts'
import { CLIENTBOUND_LOGIN } from './packets.ts'

const PACKET_ID = CLIENTBOUND_LOGIN.indexOf('login-disconnect')
/** The longest JSON text that every client reads. */
const DISCONNECT_MAX_UNITS = 32_767

/**
 * Encodes the packet that refuses a login and shows a text. In this phase it is JSON in every version: the binary texts
 * of 1.20.3 and later belong to configuration and play. Behind Set Compression `compressedFrame` puts it in its format.
 *
 * @throws MinecraftError `too-long` over 32,767 characters of JSON
 */
export function encodeLoginDisconnect(reason: TextComponent): Uint8Array {
  return encodePacket(PACKET_ID, encodeString(JSON.stringify(reason), DISCONNECT_MAX_UNITS, 'a disconnect text'))
}

/**
 * Decodes the disconnect packet of a backend, for a check of it.
 *
 * @param limitBytes the longest frame to accept
 * @returns its JSON text as sent; `decodeTextJson` makes a component of it
 */
export function decodeLoginDisconnect(bytes: Uint8Array, limitBytes: number): Decoded<string> {
  const reader = FieldReader.ofPacket(bytes, PACKET_ID, limitBytes)
  const json = reader.string(DISCONNECT_MAX_UNITS)
  return reader.finish(() => json)
}
