import {
  decodeLoginDisconnect,
  encodeHandshake,
  encodeLoginStart,
  encodeStatusRequest,
  type Intent,
} from '@infrarust/minecraft'
import { encodeV2, type Tlv } from '@infrarust/proxy-protocol'

export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}

export const PING: Buffer = hex('09010000000000000001')
export const STATUS_REQUEST: Uint8Array = encodeStatusRequest()

export function handshake(address: string, intent: Intent = 'login', protocolVersion = 767): Uint8Array {
  return encodeHandshake({ protocolVersion, address, port: 25_565, intent })
}

export function loginStart(name = 'Steve', protocolVersion = 767): Uint8Array {
  return encodeLoginStart(name, protocolVersion)
}

export const PLAYER = { address: '203.0.113.7', port: 54_321 }
export const DESTINATION = { address: '198.51.100.2', port: 25_565 }

export function header(tlvs: readonly Tlv[] = []): Uint8Array {
  return encodeV2({ command: 'PROXY', source: PLAYER, destination: DESTINATION, tlvs })
}

/** A header that names this client. */
export function headerOf(address: string): Uint8Array {
  const destination = address.includes(':') ? '2001:db8::2' : DESTINATION.address
  const source = { address, port: PLAYER.port }
  return encodeV2({ command: 'PROXY', source, destination: { ...DESTINATION, address: destination } })
}

export const LOCAL_HEADER: Uint8Array = encodeV2({ command: 'LOCAL' })

/** What a login disconnect or a status response at the start of these bytes says. */
export function jsonIn(bytes: Uint8Array): unknown {
  const decoded = decodeLoginDisconnect(bytes, bytes.length)
  if (decoded.kind !== 'decoded') throw new Error(`no text but ${Buffer.from(bytes).toString('hex')}`)
  return JSON.parse(decoded.value)
}

/** The text of the kick (ff) that answers clients before 1.7. */
export function legacyText(bytes: Buffer): string {
  if (bytes[0] !== 0xff) throw new Error(`not a kick: ${bytes.toString('hex')}`)
  return Buffer.from(bytes.subarray(3)).swap16().toString('utf16le')
}

function utf16(text: string): Buffer {
  const length = Buffer.from([text.length >> 8, text.length & 0xff])
  return Buffer.concat([length, Buffer.from(text, 'utf16le').swap16()])
}

/** `fe 01 fa` with a host. */
export function ping16(host: string): Buffer {
  const rest = Buffer.concat([Buffer.from([74]), utf16(host), hex('000063dd')])
  return Buffer.concat([hex('fe01fa'), utf16('MC|PingHost'), Buffer.from([0, rest.length]), rest])
}

export function legacyLogin(name: string, host: string): Buffer {
  return Buffer.concat([hex('0249'), utf16(name), utf16(host), hex('000063dd')])
}
