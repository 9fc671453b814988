import {
  type Decoded,
  errorText,
  type Header,
  type InternetEndpoint,
  type Tlv,
  tlvName,
  type UnixEndpoint,
} from '@infrarust/proxy-protocol'
import { formatHex } from './hex.ts'

/** What `proxy-protocol decode --json` prints. */
export type DecodedJson = (
  | HeaderJson
  | { readonly ok: false; readonly code: string; readonly offset: number; readonly message: string }
  /** Bytes in all below which asking again is pointless. */
  | { readonly ok: null; readonly need: number }
) & {
  /** What the bytes were given as, where that is not hex. */
  readonly form?: string
  /** Of a capture: who sent them to whom. */
  readonly stream?: string
}

export interface HeaderJson {
  readonly ok: true
  readonly version: 1 | 2
  readonly command: Header['command']
  readonly family: Header['family']
  readonly transport: Header['transport']
  readonly source: EndpointJson | null
  readonly destination: EndpointJson | null
  readonly tlvs: readonly TlvJson[]
  /** Bytes of the header; the next one belongs to the protocol behind it. */
  readonly headerLength: number
}

export type EndpointJson = { readonly address: string; readonly port: number } | { readonly path: string }

export interface TlvJson {
  readonly type: number
  readonly name: string
  /** Hex. */
  readonly value: string
}

export function decodedJson(decoded: Decoded): DecodedJson {
  switch (decoded.kind) {
    case 'header':
      return headerJson(decoded.header, decoded.headerBytes)
    case 'malformed':
      return { ok: false, code: decoded.code, offset: decoded.offset, message: errorText(decoded) }
    case 'incomplete':
      return { ok: null, need: decoded.atLeastBytes }
  }
}

function headerJson(header: Header, headerBytes: number): HeaderJson {
  return {
    ok: true,
    version: header.version,
    command: header.command,
    family: header.family,
    transport: header.transport,
    source: endpointJson(header.source),
    destination: endpointJson(header.destination),
    tlvs: header.tlvs.map(tlvJson),
    headerLength: headerBytes,
  }
}

function endpointJson(endpoint: InternetEndpoint | UnixEndpoint | null): EndpointJson | null {
  if (endpoint === null) return null
  return 'path' in endpoint ? { path: endpoint.path } : { address: endpoint.address, port: endpoint.port }
}

function tlvJson({ type, value }: Tlv): TlvJson {
  return { type, name: tlvName(type), value: formatHex(value) }
}
