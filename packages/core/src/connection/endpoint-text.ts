import type { Endpoint } from '../names/backend-names.ts'

/** `host:port`, an IPv6 address in brackets. */
export function endpointText({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
