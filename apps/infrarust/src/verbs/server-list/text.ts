import { table } from '../../print/table.ts'
import { ageText } from '../../print/units.ts'
import type { PowerJson } from '../power-fields.ts'

export function powerTable(servers: readonly PowerJson[]): string {
  return table([
    ['SERVER', 'TYPE', 'STATE', 'FOR', 'SESSIONS', 'WAITING', 'STARTS', 'USUALLY UP AFTER', 'WHY'],
    ...servers.map((server) => [
      server.id,
      server.type,
      server.position === undefined ? server.state : `${server.state}, ${server.position} in line`,
      ageText(server.seconds * 1_000),
      String(server.sessions),
      String(server.waiting),
      server.failures === 0 ? String(server.starts) : `${server.starts}, ${server.failures} failed`,
      server.usual_start_seconds === undefined ? undefined : `${server.usual_start_seconds}s`,
      server.why,
    ]),
  ])
}
