import type { AccessRecord, LiveConnection } from '@infrarust/core'

/** A connection as `connections --json` prints it: the fields of the access record as far as they are known. */
export interface ConnectionJson extends Omit<AccessRecord, 'detail' | 'bytes_in' | 'bytes_out' | 'ms' | 'reason'> {
  readonly id: number
  readonly state: LiveConnection['state']
  /** A PROXY header included. */
  readonly bytes_in: number
  readonly bytes_out: number
  readonly age_ms: number
}

/** @param now of the transport's clock */
export function connectionJson(connection: LiveConnection, now: number): ConnectionJson {
  const { id, listener, state, client, peer, receivedHeader, intent, player, server, endpoint } = connection
  return {
    id,
    state,
    client: client.address,
    client_port: client.port,
    peer: peer.address,
    peer_port: peer.port,
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
