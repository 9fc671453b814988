import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Connection } from '../connection/connection.ts'
import { endpointText } from '../connection/endpoint-text.ts'
import type { ReceivedHeader } from '../connection/proxy-header.ts'
import { serverOf } from '../connection/route.ts'
import type { StateName } from '../connection/state.ts'
import type { IntentFacts, PlayerFacts } from '../policy/policy.ts'
import type { ConnectionId, LiveCounters } from '../transport/contract.ts'

/** A connection as it is at this moment. */
export interface LiveConnection {
  readonly id: ConnectionId
  readonly listener: string
  readonly state: StateName
  readonly peer: SocketAddress
  readonly client: SocketAddress
  readonly receivedHeader: ReceivedHeader | undefined
  readonly intent: IntentFacts | undefined
  readonly player: PlayerFacts | undefined
  /** Id of the server. */
  readonly server: string | undefined
  /** `host:port`. */
  readonly endpoint: string | undefined
  /** Monotonic milliseconds, as the transport's clock has them. */
  readonly acceptedAt: number
  /** A PROXY header included. */
  readonly bytesIn: number
  readonly bytesOut: number
}

export function liveConnection(connection: Connection, counters: LiveCounters | undefined): LiveConnection {
  const { endpoint } = connection
  return {
    id: connection.id,
    listener: connection.listener.name,
    state: connection.state.name,
    peer: connection.peer,
    client: connection.client,
    receivedHeader: connection.receivedHeader,
    intent: connection.intent,
    player: connection.player,
    server: serverOf(connection)?.id,
    endpoint: endpoint && endpointText(endpoint),
    acceptedAt: connection.acceptedAt,
    bytesIn: counters?.bytesIn ?? 0,
    bytesOut: counters?.bytesOut ?? 0,
  }
}
