import type { ComponentChildren } from 'preact'
import type { ConnectionPath } from '../api/answers.ts'
import { usePolled } from '../live/use-polled.ts'
import { headerText } from '../model/pick-sessions.ts'
import type { Rated } from '../model/rates.ts'
import { shownText } from '../model/shown-text.ts'
import { bytesText, durationText, endText, rateText } from '../model/units.ts'
import { HeaderTable } from './header-table.tsx'
import { Said } from './said.tsx'

const EVERY_MS = 10_000

/** The way of one connection, hop by hop: who says what about the address of the player, in the order of the bytes. */
export function Chain({ connection }: { readonly connection: Rated }) {
  const { id, client, client_port, peer, peer_port, listener, domain, intent, protocol, player, server, endpoint } =
    connection
  const { data: detail } = usePolled<ConnectionPath>(`/connections/${id}`, EVERY_MS)
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
        {listenerText(hasHeader, detail?.received?.trusted)}
      </Hop>
      {hasHeader && (
        <Hop title="Header received" value={headerText(connection)}>
          {detail?.received ? (
            <HeaderTable header={detail.received} bytes={detail.received.header_bytes} />
          ) : (
            shownText(`client ${endText(client, client_port)}`)
          )}
        </Hop>
      )}
      <Hop title="Handshake" value={domain ?? 'none yet'}>
        {shownText(
          [intent, protocol === undefined ? undefined : `protocol ${protocol}`, player && 'as']
            .filter((word) => word !== undefined)
            .join(', '),
        )}
        {player !== undefined && (
          <>
            {' '}
            <Said text={player} characters={64} />
          </>
        )}
      </Hop>
      <Hop title="Server" value={server ?? 'none yet'}>
        {shownText(endpoint === undefined ? connection.state : `dialled at ${endpoint}`)}
      </Hop>
      {endpoint !== undefined && detail !== undefined && (
        <Hop
          title="Header sent"
          value={detail.sent === null ? 'none' : `v${detail.sent.version} ${detail.sent.command}`}
        >
          {detail.sent === null ? (
            'the server sees the address of the proxy: send_proxy_protocol is off for it'
          ) : (
            <HeaderTable header={detail.sent} bytes={detail.sent.header_bytes} hex={detail.sent.hex} />
          )}
        </Hop>
      )}
      <Hop title="Relay" value={rateText(connection.rate)}>
        {`${bytesText(connection.bytes_in)} in, ${bytesText(connection.bytes_out)} out, for ${durationText(connection.age_ms)}`}
      </Hop>
    </ol>
  )
}

function listenerText(hasHeader: boolean, isTrusted: boolean | undefined): string {
  if (!hasHeader) return 'got no PROXY header: the peer is the player'
  return isTrusted === false ? 'believes everybody, this peer included' : 'trusts this peer and believes its header'
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
