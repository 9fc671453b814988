import { ProxyProtocolError } from '../errors.ts'
import type { Tlv } from '../header.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { decodeUtf8, encodeUtf8 } from '../utf8.ts'
import { findTlv, type WithTlvs } from './find.ts'

/**
 * The host name that the client asked for, its SNI mostly. Any sender can put anything here.
 *
 * @returns `undefined` where there is none, and where it is not UTF-8 (a text that is not crashed Envoy,
 *   CVE-2024-23324; `findTlv` gives its bytes)
 */
export function authority(header: WithTlvs): string | undefined {
  return textOf(findTlv(header, TLV_TYPES.AUTHORITY))
}

/** The protocol that the client negotiated: `h2`, `http/1.1`. */
export function alpn(header: WithTlvs): string | undefined {
  return textOf(findTlv(header, TLV_TYPES.ALPN))
}

/** The name of the network namespace that the connection came through. */
export function netns(header: WithTlvs): string | undefined {
  return textOf(findTlv(header, TLV_TYPES.NETNS))
}

export function authorityTlv(hostName: string): Tlv {
  return textTlv(TLV_TYPES.AUTHORITY, hostName)
}

export function alpnTlv(protocol: string): Tlv {
  return textTlv(TLV_TYPES.ALPN, protocol)
}

export function netnsTlv(name: string): Tlv {
  return textTlv(TLV_TYPES.NETNS, name)
}

function textOf(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : decodeUtf8(value)
}

function textTlv(type: number, text: string): Tlv {
  const value = encodeUtf8(text)
  if (value === undefined) throw new ProxyProtocolError({ code: 'tlv-value' }, JSON.stringify(text))
  return { type, value }
}
