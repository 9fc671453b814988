import { isUnixName, trustedBy } from '@infrarust/core'
import { decode, type Header, type Tlv, tlvName } from '@infrarust/proxy-protocol'
import * as v from 'valibot'
import { CONNECTION_RESULT, connectionJson } from '../connection.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

const TLVS = v.array(v.object({ type: v.number(), name: v.string(), value: v.string() }))
const END = v.nullable(v.object({ address: v.string(), port: v.nullable(v.number()) }))

/** One connection, hop by hop. */
export const verb = dataVerb({
  name: 'connections.path',
  method: 'GET',
  path: '/connections/:id',
  summary: 'One connection, hop by hop: the header that came with its TLVs, and the one that its server was sent.',
  request: v.strictObject({ id: v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'write the id of a connection')) }),
  result: v.object({
    connection: CONNECTION_RESULT,
    /** Null where none came. */
    received: v.nullable(
      v.object({
        version: v.number(),
        command: v.string(),
        trusted: v.boolean(),
        header_bytes: v.number(),
        source: END,
        destination: END,
        /** Those that are passed on; hex. */
        tlvs: TLVS,
      }),
    ),
    /** Null where the server is sent none, or none was dialled yet. */
    sent: v.nullable(
      v.object({
        version: v.number(),
        command: v.string(),
        header_bytes: v.number(),
        source: END,
        destination: END,
        /** All of them, our own included; hex. */
        tlvs: TLVS,
        /** The whole header as it was sent; of version 1 this is a line of text. */
        hex: v.string(),
      }),
    ),
  }),
  run(proxy: LiveProxy, { id }) {
    const found = proxy.gateway.live().find(({ number }) => String(number) === id)
    if (found === undefined) throw new VerbError('not_found', `no connection has the id ${id} any more`)
    const { receivedHeader: header, client, peer } = found
    const source = end(client)
    const destination = header?.destination === undefined ? null : end(header.destination)
    const isOfClient = header === undefined || header.command === 'PROXY'
    return {
      connection: connectionJson(found, proxy.transport.now()),
      received:
        header === undefined
          ? null
          : {
              version: header.version,
              command: header.command,
              trusted: isTrusted(proxy, found.listener, peer.address),
              header_bytes: header.headerBytes,
              source: isOfClient ? source : null,
              destination,
              tlvs: header.tlvs.map(tlvJson),
            },
      sent: sentJson(proxy.gateway.sentHeader(found.id)),
    }
  },
})

/** What a header says that we have made ourselves. */
function sentJson(bytes: Uint8Array | undefined) {
  const decoded = bytes === undefined ? undefined : decode(bytes)
  if (bytes === undefined || decoded?.kind !== 'header') return null
  const { header } = decoded
  return {
    version: header.version,
    // Version 1 says LOCAL with another word.
    command: header.version === 1 && header.source === null ? 'UNKNOWN' : header.command,
    header_bytes: bytes.length,
    source: endOf(header.source),
    destination: endOf(header.destination),
    tlvs: header.tlvs.map(tlvJson),
    hex: Buffer.from(bytes).toString('hex'),
  }
}

function tlvJson({ type, value }: Tlv) {
  return { type, name: tlvName(type), value: Buffer.from(value).toString('hex') }
}

/** Ours name addresses, or nobody. */
function endOf(each: Header['source']) {
  return each === null || 'path' in each ? null : end(each)
}

function end({ address, port }: { readonly address: string; readonly port?: number | undefined }) {
  return { address, port: port ?? null }
}

function isTrusted({ config, trust }: LiveProxy, name: string, peer: string): boolean {
  const listener = config().listeners.find((each) => each.name === name)
  return listener !== undefined && (isUnixName(listener.host) || trustedBy(listener.proxyProtocol, trust)(peer))
}
