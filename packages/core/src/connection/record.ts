import type { End, Input } from '../transport/contract.ts'
import type { Connection } from './connection.ts'
import { endpointText } from './endpoint-text.ts'
import type { Reason } from './reason.ts'
import { serverOf } from './route.ts'

/** One per accepted connection, at its end. Addresses are canonical; what is not known is undefined, and not in the line. */
export interface AccessRecord {
  readonly client: string
  readonly client_port: number
  readonly peer: string
  readonly peer_port: number
  readonly listener: string
  readonly proxy_version?: 1 | 2 | undefined
  readonly proxy_command?: 'PROXY' | 'LOCAL' | 'UNKNOWN' | undefined
  readonly intent?: 'status' | 'login' | 'transfer' | 'legacy_status' | 'legacy_login' | undefined
  readonly protocol?: number | undefined
  /** Cleaned up. */
  readonly domain?: string | undefined
  readonly player?: string | undefined
  /** Id of the server. */
  readonly server?: string | undefined
  /** `host:port` dialled. */
  readonly endpoint?: string | undefined
  /** From the client, after the PROXY header. */
  readonly bytes_in: number
  readonly bytes_out: number
  readonly ms: PhaseMilliseconds
  readonly reason: Reason
}

/** Milliseconds per phase that was entered, and in all. */
export interface PhaseMilliseconds {
  readonly header?: number | undefined
  readonly handshake?: number | undefined
  readonly login?: number | undefined
  readonly hold?: number | undefined
  readonly connect?: number | undefined
  readonly relay?: number | undefined
  readonly answer?: number | undefined
  readonly total: number
}

/**
 * Makes the record of a connection that is over. The reason that the logic gave stands; without one the side whose end
 * came first gives it.
 */
export function accessRecord(connection: Connection, finished: Finished): AccessRecord {
  const { peer, client, listener, receivedHeader, intent, player, endpoint } = connection
  const server = serverOf(connection)
  // In the order of the line, and whole at once: to let it grow by what is known costs twice as much.
  return {
    client: client.address,
    client_port: client.port,
    peer: peer.address,
    peer_port: peer.port,
    listener: listener.name,
    proxy_version: receivedHeader?.version,
    proxy_command: receivedHeader?.command,
    intent: intent?.intent,
    protocol: intent?.protocol,
    domain: intent?.domain,
    player: player?.name,
    server: server?.id,
    endpoint: endpoint && endpointText(endpoint),
    bytes_in: Math.max(0, finished.bytesIn - (receivedHeader?.headerBytes ?? 0)),
    bytes_out: finished.bytesOut,
    ms: connection.phases.finish(finished.at),
    reason: connection.reason ?? reasonOf(finished.end),
  }
}

type Finished = Extract<Input, { kind: 'finished' }>

function reasonOf(end: End): Reason {
  switch (end.how) {
    case 'idle':
      return 'idle_timeout'
    case 'error':
      return 'internal'
    case 'closed':
      // Closed by the gateway, and no connection asked for it: the transport itself is going down.
      return 'shutdown'
    case 'fin':
      return `${end.by}_closed`
    case 'reset':
      return `${end.by}_reset`
  }
}
