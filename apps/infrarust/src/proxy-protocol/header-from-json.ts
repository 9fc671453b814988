import type { HeaderToEncode, InternetEndpoint, Tlv, UnixEndpoint, Version } from '@infrarust/proxy-protocol'
import { parseHex } from './hex.ts'

/** `fault` is for the operator. */
export type ReadHeader =
  | { readonly kind: 'header'; readonly header: HeaderToEncode; readonly version: Version }
  | { readonly kind: 'fault'; readonly fault: string }

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads one object as `decode --json` prints it. Absent keys have defaults (version 2, `PROXY`, `stream`, no TLVs);
 * `family`, `headerLength` and the names of TLVs follow from the rest and are not looked at.
 */
export function readHeaderJson(text: string): ReadHeader {
  const json = parse(text)
  if (json === undefined) return fault('is no JSON object')
  const version = json.version ?? 2
  if (version !== 1 && version !== 2) return fault('"version" is 1 or 2')
  const command = json.command ?? 'PROXY'
  if (command === 'LOCAL') return { kind: 'header', version, header: { command } }
  if (command !== 'PROXY') return fault('"command" is "PROXY" or "LOCAL"')
  return readProxy(json, version)
}

function readProxy(json: Fields, version: Version): ReadHeader {
  const source = json.source ?? null
  const destination = json.destination ?? null
  const transport = json.transport ?? (source === null ? 'unspecified' : 'stream')
  if (transport !== 'stream' && transport !== 'datagram' && transport !== 'unspecified')
    return fault('"transport" is "stream", "datagram" or "unspecified"')
  if (source === null && destination === null)
    return { kind: 'header', version, header: { command: 'PROXY', transport, source, destination } }
  if (transport === 'unspecified') return fault('"transport" is "stream" or "datagram" where there are end points')

  const tlvs = readTlvs(json.tlvs ?? [])
  if (tlvs === undefined) return fault('"tlvs" is a list of {"type": 0 to 255, "value": "hex"}')
  if (isInternet(source) && isInternet(destination))
    return { kind: 'header', version, header: { command: 'PROXY', transport, source, destination, tlvs } }
  if (isUnix(source) && isUnix(destination))
    return { kind: 'header', version, header: { command: 'PROXY', transport, source, destination, tlvs } }
  return fault('"source" and "destination" are both {"address", "port"}, both {"path"}, or both null')
}

function fault(text: string): ReadHeader {
  return { kind: 'fault', fault: text }
}

function parse(text: string): Fields | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

function readTlvs(json: unknown): readonly Tlv[] | undefined {
  if (!Array.isArray(json)) return undefined
  const tlvs = json.map((tlv: unknown) => {
    if (!isObject(tlv) || typeof tlv.type !== 'number' || typeof tlv.value !== 'string') return undefined
    const hex = parseHex(tlv.value)
    return hex.kind === 'bytes' ? { type: tlv.type, value: hex.bytes } : undefined
  })
  return tlvs.every((tlv) => tlv !== undefined) ? tlvs : undefined
}

function isInternet(json: unknown): json is InternetEndpoint {
  return isObject(json) && typeof json.address === 'string' && typeof json.port === 'number'
}

function isUnix(json: unknown): json is UnixEndpoint {
  return isObject(json) && typeof json.path === 'string' && !('pathBytes' in json)
}

function isObject(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
