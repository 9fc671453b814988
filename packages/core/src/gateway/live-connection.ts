import { endpointText, type SocketAddress } from '../addresses/socket-address.ts'
import type { Connection } from '../connection/connection.ts'
import { type ReceivedHeader, serverOf } from '../connection/facts.ts'
import type { StateName } from '../connection/state.ts'
import type { IntentFacts, PlayerFacts } from '../policy/facts.ts'
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

export function liveConnection({ facts, state }: Connection, counters: LiveCounters | undefined): LiveConnection {
  const { id, listener, peer, client, receivedHeader, intent, player, endpoint, acceptedAt } = facts
  return {
    id,
    listener: listener.name,
    state,
    peer,
    client,
    receivedHeader,
    intent,
    player,
    server: serverOf(facts)?.id,
    endpoint: endpoint && endpointText(endpoint),
    acceptedAt,
    bytesIn: counters?.bytesIn ?? 0,
    bytesOut: counters?.bytesOut ?? 0,
  }
}
