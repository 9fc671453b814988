import { endpointText } from '../addresses/socket-address.ts'
import type { Connection } from '../connection/connection.ts'
import { serverOf } from '../connection/facts.ts'
import type { PlayerFacts } from '../policy/facts.ts'
import type { AccessRecord } from '../record/access-record.ts'
import type { Reason } from '../record/reasons.ts'
import type { End, TransportInput } from '../transport/contract.ts'
import { privateLink } from './private-link.ts'

/**
 * Makes the record of a connection that is over. The reason that the logic gave stands; without one the side whose end
 * came first gives it.
 */
export function recordOf(connection: Connection, finished: Finished): AccessRecord {
  const { facts } = connection
  const { peer, client, listener, receivedHeader, intent, player, endpoint } = facts
  const server = serverOf(facts)
  // In the order of the line, and whole at once: to let it grow by what is known costs twice as much.
  return {
    client: client.address,
    client_port: client.port,
    peer: peer.address,
    peer_port: peer.port,
    listener: listener.name,
    proxy_version: receivedHeader?.version,
    proxy_command: receivedHeader?.command,
    private_link: receivedHeader && privateLink(receivedHeader.tlvs),
    intent: intent?.intent,
    protocol: intent?.protocol,
    domain: intent?.domain,
    player: player?.name,
    claimed: claimedName(player),
    server: server?.id,
    endpoint: endpoint && endpointText(endpoint),
    bytes_in: Math.max(0, finished.bytesIn - (receivedHeader?.headerBytes ?? 0)),
    bytes_out: finished.bytesOut,
    ms: connection.phases.finish(finished.at),
    detail: connection.detail,
    // The last one: filters of fail2ban look for it at the end of the line.
    reason: connection.reason ?? reasonOf(finished.end),
  }
}

/** Only where it is another: in a log of thousands of players it is looked for. */
function claimedName(player: PlayerFacts | undefined): string | undefined {
  if (player?.verified === undefined) return undefined
  const { claimedName } = player.verified
  return claimedName === player.name ? undefined : claimedName
}

type Finished = Extract<TransportInput, { kind: 'finished' }>

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
      return CLOSED[end.by]
    case 'reset':
      return RESET[end.by]
  }
}

// Written out: a text that is put together is hashed anew by each table in which somebody looks it up.
const CLOSED = { client: 'client_closed', server: 'server_closed' } as const
const RESET = { client: 'client_reset', server: 'server_reset' } as const
