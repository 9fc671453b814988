import { maintained, whoMayJoin } from '../maintenance-text.ts'
import type { MaintenanceOn } from './verb.ts'

export function onText(on: MaintenanceOn): string {
  const { server, sessions, kicked } = on
  const lines = [`${maintained(server)} is in maintenance: ${whoMayJoin(on)}`]
  if (kicked > 0) lines.push(`${kicked} ${kicked === 1 ? 'connection was' : 'connections were'} ended`)
  if (sessions > 0 && kicked === 0)
    lines.push(`${sessions} ${sessions === 1 ? 'session goes' : 'sessions go'} on; --kick ends them`)
  return `${lines.join('\n')}\n`
}
