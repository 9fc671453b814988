import type { LiveConnection } from '@infrarust/core'
import * as v from 'valibot'
import type { Sent } from './verb.ts'

/** A connection as it is told: the fields of the access record as far as they are known. */
export const CONNECTION_RESULT = v.object({
  /** Counts the connections of the process, from 1. */
  id: v.number(),
  state: v.string(),
  client: v.string(),
  /** Not there where there is no address: `client` is `unix` then. */
  client_port: v.exactOptional(v.number()),
  peer: v.string(),
  peer_port: v.exactOptional(v.number()),
  listener: v.string(),
  proxy_version: v.exactOptional(v.number()),
  proxy_command: v.exactOptional(v.string()),
  intent: v.exactOptional(v.string()),
  protocol: v.exactOptional(v.number()),
  domain: v.exactOptional(v.string()),
  player: v.exactOptional(v.string()),
  server: v.exactOptional(v.string()),
  endpoint: v.exactOptional(v.string()),
  /** A PROXY header included. */
  bytes_in: v.number(),
  bytes_out: v.number(),
  age_ms: v.number(),
})

export type ConnectionJson = Sent<typeof CONNECTION_RESULT>

/** @param now of the transport's clock */
export function connectionJson(connection: LiveConnection, now: number): ConnectionJson {
  const { number, listener, state, client, peer, receivedHeader, intent, player, server, endpoint } = connection
  return {
    id: number,
    state,
    client: client.address,
    ...(client.port !== undefined && { client_port: client.port }),
    peer: peer.address,
    ...(peer.port !== undefined && { peer_port: peer.port }),
    listener,
    ...(receivedHeader !== undefined && {
      proxy_version: receivedHeader.version,
      proxy_command: receivedHeader.command,
    }),
    ...(intent !== undefined && { intent: intent.intent }),
    ...(intent?.protocol !== undefined && { protocol: intent.protocol }),
    ...(intent?.domain !== undefined && { domain: intent.domain }),
    ...(player !== undefined && { player: player.name }),
    ...(server !== undefined && { server }),
    ...(endpoint !== undefined && { endpoint }),
    bytes_in: connection.bytesIn,
    bytes_out: connection.bytesOut,
    age_ms: Math.round(now - connection.acceptedAt),
  }
}
