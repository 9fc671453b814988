import type { ListenerAddress } from '../config/values/host-and-port.ts'

type Bound = Pick<ListenerAddress, 'host' | 'port'>

/** Whether the system gives both addresses to one socket only. Port 0 is another port each time; a Unix socket has none. */
export function bindsOverlap(a: Bound, b: Bound): boolean {
  return a.port === b.port && a.port !== 0 && (a.host === b.host || covers(a.host, b.host) || covers(b.host, a.host))
}

/** A wildcard takes the port of each address of its family; `::` is bound for IPv4 too. */
function covers(wildcard: string, host: string): boolean {
  return wildcard === '::' || (wildcard === '0.0.0.0' && /^[\d.]+$/.test(host))
}
