import { endpointText, isUnixName } from '@infrarust/core'
import { trustedText } from '../log/trusted.ts'
import { printable } from '../print/printable.ts'
import type { Checked, CheckedListener, CheckedServer } from './check.ts'

/** What would be served, for people: a line for each listener and each server. */
export function checkTable({ listeners, servers }: Checked): string {
  return [...listeners.map(listenerLine), ...servers.map(serverLine)].map((line) => `${printable(line)}\n`).join('')
}

function listenerLine({ name, host, port, proxy_protocol, trusted, trusted_file }: CheckedListener): string {
  const address = endpointText({ host, port: port ?? undefined })
  const called = name === address ? '' : `  "${name}"`
  const believed = trustedText(trusted, { file: trusted_file, isUnix: isUnixName(host) })
  const trusts = proxy_protocol === 'off' ? '' : `, trusted: ${believed}`
  return `listener  ${address}${called}  PROXY protocol ${proxy_protocol}${trusts}`
}

function serverLine({
  id,
  source,
  domains,
  default: isDefault,
  addresses,
  send_proxy_protocol,
}: CheckedServer): string {
  const names = [...domains, ...(isDefault ? ['every other domain'] : [])].join(', ')
  const header = send_proxy_protocol === false ? '' : `  sends PROXY v${send_proxy_protocol}`
  return `server    ${id}  ${names} -> ${addresses.join(', ')}${header}  (${source})`
}
