import type { End, Input } from '../transport/contract.ts'
import type { Connection } from './connection.ts'
import { endpointText } from './dial.ts'
import type { Reason } from './reason.ts'
import { serverOf } from './route.ts'

/** One per accepted connection, at its end. Addresses are canonical; what is not known is absent. */
export interface AccessRecord {
  readonly client: string
  readonly client_port: number
  readonly peer: string
  readonly peer_port: number
  readonly listener: string
  readonly proxy_version?: 1 | 2
  readonly proxy_command?: 'PROXY' | 'LOCAL' | 'UNKNOWN'
  readonly intent?: 'status' | 'login' | 'transfer' | 'legacy_status' | 'legacy_login'
  readonly protocol?: number
  /** Cleaned up. */
  readonly domain?: string
  readonly player?: string
  /** Id of the server. */
  readonly server?: string
  /** `host:port` dialled. */
  readonly endpoint?: string
  /** From the client, after the PROXY header. */
  readonly bytes_in: number
  readonly bytes_out: number
  readonly ms: PhaseMilliseconds
  readonly reason: Reason
}

/** Milliseconds per phase that was entered, and in all. */
export interface PhaseMilliseconds {
  readonly header?: number
  readonly handshake?: number
  readonly login?: number
  readonly hold?: number
  readonly connect?: number
  readonly relay?: number
  readonly answer?: number
  readonly total: number
}

/**
 * Makes the record of a connection that is over. The reason that the logic gave stands; without one the side whose end
 * came first gives it.
 */
export function accessRecord(connection: Connection, finished: Finished): AccessRecord {
  const { peer, client, listener, receivedHeader, intent, player, endpoint } = connection
  const server = serverOf(connection)
  // Field by field: to spread what may be absent costs several times as much, and every connection pays it.
  const record: Growing = {
    client: client.address,
    client_port: client.port,
    peer: peer.address,
    peer_port: peer.port,
    listener: listener.name,
  }
  if (receivedHeader !== undefined) {
    record.proxy_version = receivedHeader.version
    record.proxy_command = receivedHeader.command
  }
  if (intent !== undefined) record.intent = intent.intent
  if (intent?.protocol !== undefined) record.protocol = intent.protocol
  if (intent?.domain !== undefined) record.domain = intent.domain
  if (player !== undefined) record.player = player.name
  if (server !== undefined) record.server = server.id
  if (endpoint !== undefined) record.endpoint = endpointText(endpoint)
  record.bytes_in = Math.max(0, finished.bytesIn - (receivedHeader?.headerBytes ?? 0))
  record.bytes_out = finished.bytesOut
  record.ms = connection.phases.finish(finished.at)
  record.reason = connection.reason ?? reasonOf(finished.end)
  return record as AccessRecord
}

/** Not whole before its last field, which is also the order in the line. */
type Growing = { -readonly [Field in keyof AccessRecord]?: AccessRecord[Field] }

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
