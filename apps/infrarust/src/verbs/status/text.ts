import { formatDuration } from '@infrarust/core/provider'
import { addressesText, trustedText } from '../../log/trusted.ts'
import { printable } from '../../print/printable.ts'
import { type Row, table } from '../../print/table.ts'
import { ageText } from '../../print/units.ts'
import { headersText } from '../headers-text.ts'
import type { Status } from './verb.ts'

export function statusText(status: Status): string {
  const { pid, transport, log_level, connections, sessions, limits } = status
  const age = ageText(Date.now() - Date.parse(status.started_at))
  return [
    ...status.problems.map((text) => `not in force as written: ${printable(text)}\n`),
    `runs for ${age} as process ${pid}, ${printable(transport)} transport, log level ${printable(log_level)}, ` +
      `${connections} connections, ${sessions} sessions\n`,
    table([
      ['LISTENER', 'PROXY', 'BELIEVED FROM', 'CONNECTIONS', 'HEADERS LATELY'],
      ...status.listeners.map(({ name, proxy_protocol, trusted, trusted_file, unix_socket, headers, ...listener }) => [
        name,
        proxy_protocol,
        proxy_protocol === 'off'
          ? undefined
          : trustedText(trusted, { file: trusted_file, isUnix: unix_socket !== undefined }),
        String(listener.connections),
        headersText(headers),
      ]),
    ]),
    table([
      ['PROVIDER', 'STATE', 'SERVERS'],
      ...status.providers.map(({ name, state, servers }) => [name, state, String(servers)]),
    ]),
    table([
      ['SERVER', 'STATE', 'PROVIDER', 'SESSIONS'],
      ...status.servers.map(({ id, state, power, waiting = 0, maintenance, provider, sessions: ofServer }) => [
        id,
        `${power ?? state}${waiting > 0 ? `, ${waiting} waiting` : ''}${maintenance === true ? ', in maintenance' : ''}`,
        provider,
        String(ofServer),
      ]),
    ]),
    ...trustedNames(status),
    ...slowEndpoints(status),
    table([['LIMIT', 'VALUE'], ...Object.entries(limits).map(limitRow)]),
  ].join('\n')
}

/** As it would be written in the configuration; the same names with their unit are what scripts read. */
function limitRow([key, value]: [key: string, value: number]): Row {
  if (key.endsWith('_ms')) return [key.slice(0, -'_ms'.length), formatDuration(value)]
  return [key, value === 0 ? 'off' : String(value)]
}

function trustedNames({ trusted_names }: Status): readonly string[] {
  if (trusted_names.length === 0) return []
  return [
    table([
      ['TRUSTED NAME', 'STANDS FOR'],
      ...trusted_names.map(({ name, addresses }) => [name, addressesText(addresses)]),
    ]),
  ]
}

/** Only where there are some: a table that is always empty is read by nobody. */
function slowEndpoints({ slow_endpoints }: Status): readonly string[] {
  if (slow_endpoints.length === 0) return []
  const rows = slow_endpoints.map(({ endpoint, retry_in_ms }) => [endpoint, `${Math.ceil(retry_in_ms / 1_000)}s`])
  return [table([['DOES NOT ANSWER', 'TRIED AGAIN IN'], ...rows])]
}
