import type { HeaderToEncode, InternetEndpoint, Tlv, UnixEndpoint, Version } from '@infrarust/proxy-protocol'
import { parseHex } from './hex.ts'

/** `fault` is for the operator. */
export type ReadHeader =
  | { readonly kind: 'header'; readonly header: HeaderToEncode; readonly version: Version }
  | { readonly kind: 'fault'; readonly fault: string }

type Fields = Readonly<Record<string, unknown>>

/** Those of `decode --json`; of the last three, and of the names of TLVs, nothing is in the header, and they are not looked at. */
const KEYS = 'ok version command family transport source destination tlvs headerLength form stream'.split(' ')

/**
 * Reads one object as `decode --json` prints it for a header. Absent keys have defaults: version 2, `PROXY`, `stream`,
 * the family of the end points, no TLVs.
 */
export function readHeaderJson(text: string): ReadHeader {
  const json = parse(text)
  if (json === undefined) return fault('is no JSON object')
  if (json.ok !== undefined && json.ok !== true) return fault('is no header: "ok" is not true')
  const stranger = Object.keys(json).find((key) => !KEYS.includes(key))
  if (stranger !== undefined) return fault(`unknown key ${JSON.stringify(stranger)}; the keys are ${KEYS.join(', ')}`)
  const version = json.version ?? 2
  if (version !== 1 && version !== 2) return fault('"version" is 1 or 2')
  const command = json.command ?? 'PROXY'
  if (command !== 'PROXY' && command !== 'LOCAL') return fault('"command" is "PROXY" or "LOCAL"')
  const tlvs = readTlvs(json.tlvs ?? [])
  if (tlvs === undefined) return fault('"tlvs" is a list of {"type": 0 to 255, "value": "hex"}')
  const source = json.source ?? null
  const destination = json.destination ?? null
  if (source !== null || destination !== null) {
    if (command === 'LOCAL') return fault('LOCAL has no end points')
    return withEndpoints(json, version, source, destination, tlvs)
  }
  // Where the addresses of such a header end is undefined, so nobody could find them.
  if (tlvs.length > 0) return fault('a header without end points has no "tlvs"')
  return command === 'LOCAL' ? { kind: 'header', version, header: { command } } : unspecified(json, version)
}

function unspecified(json: Fields, version: Version): ReadHeader {
  const transport = json.transport ?? 'unspecified'
  if (transport !== 'stream' && transport !== 'datagram' && transport !== 'unspecified')
    return fault('"transport" is "stream", "datagram" or "unspecified"')
  if ((json.family ?? 'unspecified') !== 'unspecified') return fault('"family" is "unspecified" without end points')
  return { kind: 'header', version, header: { command: 'PROXY', transport, source: null, destination: null } }
}

/** Of the two IP families it is the end points that say which: one of each makes an IPv6 pair. */
function withEndpoints(
  json: Fields,
  version: Version,
  source: unknown,
  destination: unknown,
  tlvs: readonly Tlv[],
): ReadHeader {
  const transport = json.transport ?? 'stream'
  if (transport !== 'stream' && transport !== 'datagram')
    return fault('"transport" is "stream" or "datagram" where there are end points')
  if (isInternet(source) && isInternet(destination)) {
    if (json.family !== undefined && json.family !== 'IPv4' && json.family !== 'IPv6')
      return fault('"family" of addresses is "IPv4" or "IPv6"')
    return { kind: 'header', version, header: { command: 'PROXY', transport, source, destination, tlvs } }
  }
  if (isUnix(source) && isUnix(destination)) {
    if ((json.family ?? 'unix') !== 'unix') return fault('"family" of paths is "unix"')
    return { kind: 'header', version, header: { command: 'PROXY', transport, source, destination, tlvs } }
  }
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
