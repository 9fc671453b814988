import { table } from '../print/table.ts'
import type { WayFindings } from './way.ts'

/** One row a way, so that what differs stands one below the other. */
export function pingTable(ways: readonly WayFindings[]): string {
  const rows = ways.map(({ way, address, sends, result, latency_ms: latency, status }) => [
    way === 'through' ? 'through the proxy' : 'past it',
    address,
    sends === false ? 'no header' : `v${sends}`,
    result.replace('_', ' '),
    latency === null ? undefined : `${latency} ms`,
    status === null ? undefined : shortened(status.version, LONGEST_VERSION),
    status === null ? undefined : String(status.protocol),
    status?.players ? `${status.players.online}/${status.players.max}` : undefined,
    status === null ? undefined : shortened(oneLine(status.motd), LONGEST_MOTD),
  ])
  return table([['WAY', 'ADDRESS', 'SENDS', 'ANSWER', 'LATENCY', 'VERSION', 'PROTOCOL', 'PLAYERS', 'MOTD'], ...rows])
}

/** It has two lines mostly, and blanks that centre them. */
function oneLine(motd: string): string {
  return motd
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' / ')
}

const LONGEST_VERSION = 30
const LONGEST_MOTD = 80

function shortened(text: string, most: number): string {
  const characters = [...text]
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text
}
