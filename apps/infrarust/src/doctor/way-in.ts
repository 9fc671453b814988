import { isUnixName, type ListenerConfig, prefixSet } from '@infrarust/core'
import { trustedText } from '../log/trusted.ts'
import { type KnownHost, trustedEntries } from './trusted-hosts.ts'

/** One listener as a player or a load balancer meets it. */
export interface WayIn {
  /** `0.0.0.0:25565  PROXY protocol required, believed from everybody` */
  readonly line: string
  /** What lets strangers in, and the keys that mend it. */
  readonly warning: string | undefined
}

/**
 * @param lately which headers came, from the running proxy; undefined where none runs
 * @param hosts what the names in `trusted` stand for
 */
export function wayIn(listener: ListenerConfig, lately: string | undefined, hosts: readonly KnownHost[]): WayIn {
  const { name, host, proxyProtocol } = listener
  const { mode } = proxyProtocol
  const believed = trustedText(trustedEntries(proxyProtocol), { names: hosts, isUnix: isUnixName(host) })
  return {
    line:
      `${name}  PROXY protocol ${mode}${mode === 'off' ? '' : `, believed from ${believed}`}` +
      (lately === undefined ? '' : `; headers lately: ${lately}`),
    warning: warningAbout(listener, hosts),
  }
}

function warningAbout({ name, host, proxyProtocol }: ListenerConfig, hosts: readonly KnownHost[]): string | undefined {
  if (proxyProtocol.mode === 'off' || isUnixName(host)) return undefined
  const trusted = trustedEntries(proxyProtocol)
  if (trusted?.length === 0)
    return `listener ${name} believes nobody: every connection is refused; name its load balancers in trusted`
  const lost = hosts.filter(
    ({ name: trustedName, addresses }) => addresses.length === 0 && trusted?.includes(trustedName),
  )
  if (lost.length > 0)
    return (
      `listener ${name} believes nobody for ${lost.map((each) => `"${each.name}"`).join(', ')}, which has no address now: ` +
      'headers of these load balancers are refused; mend the DNS record or the resolver, or write their addresses into trusted'
    )
  const believesEverybody = trusted === null || trusted.some((entry) => entry.endsWith('/0'))
  if (!believesEverybody || !isPublic(host)) return undefined
  return (
    `listener ${name} can be reached by anybody and believes everybody: whoever connects there can claim any address, ` +
    'and so pass every ban, filter and limit; name the load balancers in [proxy_protocol] trusted = [...], ' +
    'or bind it where only they can reach it'
  )
}

/** Anything but loopback and the networks that no stranger is routed to. A wildcard is all that the machine has. */
function isPublic(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || !PRIVATE.has(host)
}

const PRIVATE = prefixSet([
  { family: 'ipv4', address: '127.0.0.0', prefix: 8 },
  { family: 'ipv4', address: '10.0.0.0', prefix: 8 },
  { family: 'ipv4', address: '172.16.0.0', prefix: 12 },
  { family: 'ipv4', address: '192.168.0.0', prefix: 16 },
  { family: 'ipv4', address: '169.254.0.0', prefix: 16 },
  // Of carriers and of overlay networks.
  { family: 'ipv4', address: '100.64.0.0', prefix: 10 },
  { family: 'ipv6', address: '::1', prefix: 128 },
  { family: 'ipv6', address: 'fc00::', prefix: 7 },
  { family: 'ipv6', address: 'fe80::', prefix: 10 },
])
