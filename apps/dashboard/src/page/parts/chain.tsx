import type { ComponentChildren } from 'preact'
import type { HeaderBytes, Server } from '../api/answers.ts'
import { usePolled } from '../live/use-polled.ts'
import { sentText } from '../model/paths-of.ts'
import { headerText } from '../model/pick-sessions.ts'
import type { Rated } from '../model/rates.ts'
import { bytesText, durationText, endText, rateText } from '../model/units.ts'
import { HeaderTable } from './header-table.tsx'
import { Said } from './said.tsx'

/** Of `/connections/{id}`. */
interface Detail {
  readonly received_header?: HeaderBytes
}

const EVERY_MS = 10_000

/** The way of one connection, hop by hop: who says what about the address of the player, in the order of the bytes. */
export function Chain({ connection }: { readonly connection: Rated }) {
  const { id, client, client_port, peer, peer_port, listener, domain, intent, protocol, player, server, endpoint } =
    connection
  const { data: detail } = usePolled<Detail>(`/connections/${id}`, EVERY_MS)
  const { data: servers } = usePolled<readonly Server[]>('/servers', EVERY_MS)
  const sends = servers?.find((each) => each.id === server)?.send_proxy_protocol
  const isDirect = client === peer
  const hasHeader = connection.proxy_version !== undefined
  return (
    <ol class="chain">
      <Hop title="Player" value={endText(client, client_port)}>
        {isDirect ? 'connects to the proxy directly' : `is who the header of the next hop names`}
      </Hop>
      {!isDirect && (
        <Hop title="Peer" value={endText(peer, peer_port)}>
          holds the connection to the proxy: a load balancer, a tunnel or another proxy
        </Hop>
      )}
      <Hop title="Listener" value={listener}>
        {hasHeader ? 'believes this peer and reads its header' : 'got no PROXY header: the peer is the player'}
      </Hop>
      {hasHeader && (
        <Hop title="Header received" value={headerText(connection)}>
          {detail?.received_header !== undefined ? (
            <HeaderTable header={detail.received_header} />
          ) : (
            `client ${endText(client, client_port)}`
          )}
        </Hop>
      )}
      <Hop title="Handshake" value={domain ?? 'none yet'}>
        {[intent, protocol === undefined ? undefined : `protocol ${protocol}`, player && 'as']
          .filter((word) => word !== undefined)
          .join(', ')}
        {player !== undefined && (
          <>
            {' '}
            <Said text={player} characters={64} />
          </>
        )}
      </Hop>
      <Hop title="Server" value={server ?? 'none yet'}>
        {endpoint === undefined ? connection.state : `dialled at ${endpoint}`}
      </Hop>
      {server !== undefined && (
        <Hop title="Header sent" value={sentText(sends, undefined)}>
          {sends === false
            ? 'the server sees the address of the proxy'
            : `the server is told ${endText(client, client_port)}`}
        </Hop>
      )}
      <Hop title="Relay" value={rateText(connection.rate)}>
        {`${bytesText(connection.bytes_in)} in, ${bytesText(connection.bytes_out)} out, for ${durationText(connection.age_ms)}`}
      </Hop>
    </ol>
  )
}

interface HopProps {
  readonly title: string
  readonly value: string
  readonly children: ComponentChildren
}

function Hop({ title, value, children }: HopProps) {
  return (
    <li>
      <span class="hop-title">{title}</span>
      <strong class="mono">
        <Said text={value} />
      </strong>
      <div class="hop-more">{children}</div>
    </li>
  )
}
