import { endpointText, type SocketAddress } from '../addresses/socket-address.ts'
import { type ReceivedHeader, serverOf } from '../connection/facts.ts'
import type { StateName } from '../connection/state.ts'
import type { IntentFacts, PlayerFacts } from '../policy/facts.ts'
import type { ConnectionId, LiveCounters } from '../transport/contract.ts'
import type { OpenConnection } from './open-connection.ts'

/** A connection as it is at this moment. */
export interface LiveConnection {
  readonly id: ConnectionId
  /** Counts the connections of this process, from 1: what people call it by, whatever its transport makes of ids. */
  readonly number: number
  readonly listener: string
  readonly state: StateName
  readonly peer: SocketAddress
  readonly client: SocketAddress
  readonly receivedHeader: ReceivedHeader | undefined
  readonly intent: IntentFacts | undefined
  readonly player: PlayerFacts | undefined
  /** Id of the server. */
  readonly server: string | undefined
  /** `host:port`, or `unix:/path`. */
  readonly endpoint: string | undefined
  /** Monotonic milliseconds, as the transport's clock has them. */
  readonly acceptedAt: number
  /** A PROXY header included. */
  readonly bytesIn: number
  readonly bytesOut: number
}

export function liveConnection(
  { number, connection: { facts, state } }: OpenConnection,
  counters: LiveCounters | undefined,
): LiveConnection {
  const { id, listener, peer, client, receivedHeader, intent, player, endpoint, acceptedAt } = facts
  return {
    id,
    number,
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
