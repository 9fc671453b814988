import {
  authorityTlv,
  crc32cTlv,
  encodeV1,
  encodeV2,
  TLV_TYPES,
  type Tlv,
  uniqueIdTlv,
} from '@infrarust/proxy-protocol'
import { encodeLocalHeader } from '../../backend/own-header.ts'
import type { Server } from '../../server/server.ts'
import type { ConnectionContext } from '../context.ts'
import type { Facts } from '../facts.ts'

/**
 * Encodes the header that tells a backend who the client is, of the version that its server wants; empty where it
 * wants none. A relayed connection always says PROXY, with the peer as client after LOCAL or UNKNOWN.
 *
 * @see PROXY protocol, section 2
 */
export function encodeSentHeader(
  context: Pick<ConnectionContext, 'uniqueId' | 'noticeSeldom'>,
  facts: Facts,
  server: Server,
): Uint8Array {
  const { client, receivedHeader, local } = facts
  const destination = receivedHeader?.destination ?? local
  // A health check over a Unix socket, which asks for a status: there is no address that could be told.
  if (client.port === undefined || destination.port === undefined) return encodeLocalHeader(server.sendProxyProtocol)
  switch (server.sendProxyProtocol) {
    case false:
      return NO_HEADER
    case 1:
      return encodeV1({ command: 'PROXY', source: client, destination })
    case 2:
      return encodeV2({ command: 'PROXY', source: client, destination, tlvs: tlvsFor(context, facts, server) })
  }
}

const NO_HEADER: Uint8Array = new Uint8Array(0)
const NO_TLVS: readonly Tlv[] = []

/** The longest fixed part and address block: IPv6. */
const ADDRESSES_BYTES = 16 + 36

function tlvsFor(
  context: Pick<ConnectionContext, 'uniqueId' | 'noticeSeldom'>,
  facts: Facts,
  server: Server,
): readonly Tlv[] {
  const { passTlvs, authority, uniqueId, crc32c, maxHeaderBytes } = server.proxyProtocol
  if (!passTlvs && !authority && !uniqueId && !crc32c) return NO_TLVS
  const { intent, receivedHeader, id } = facts

  const own: Tlv[] = []
  if (authority && intent?.domain !== undefined) own.push(authorityTlv(intent.domain))
  if (uniqueId) own.push(uniqueIdTlv(context.uniqueId(id)))
  // Last: its sum is over all that comes before it.
  if (crc32c) own.push(crc32cTlv())
  const received = passTlvs ? passedOn(receivedHeader?.tlvs ?? NO_TLVS, own) : NO_TLVS

  if (ADDRESSES_BYTES + bytesOf(received) + bytesOf(own) <= maxHeaderBytes) return [...received, ...own]
  context.noticeSeldom(`tlvs ${server.id}`, Number.POSITIVE_INFINITY, {
    level: 'warn',
    message:
      `server "${server.id}" (${server.source}): a PROXY header with the TLVs to pass on would be longer than ` +
      `${maxHeaderBytes} bytes; they are left out, from this connection and from others like it`,
  })
  if (ADDRESSES_BYTES + bytesOf(own) <= maxHeaderBytes) return own
  // The name that a player typed is the only one of ours that a player can make long.
  return own.filter(({ type }) => type !== TLV_TYPES.AUTHORITY)
}

/** A checksum was over another header, padding is nobody's, and what we add ourselves we know better. */
function passedOn(received: readonly Tlv[], own: readonly Tlv[]): readonly Tlv[] {
  return received.filter(
    ({ type }) => type !== TLV_TYPES.CRC32C && type !== TLV_TYPES.NOOP && !own.some((ours) => ours.type === type),
  )
}

function bytesOf(tlvs: readonly Tlv[]): number {
  return tlvs.reduce((sum, { value }) => sum + 3 + value.length, 0)
}
