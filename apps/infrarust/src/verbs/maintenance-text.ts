import { printable } from '../print/printable.ts'
import type { MaintenanceJson } from './maintenance-fields.ts'

/** `server "survival"`, `every server`. */
export function maintained(server: string | null): string {
  return server === null ? 'every server' : `server "${printable(server)}"`
}

/** `nobody may join`, `Steve and 192.0.2.0/24 may join`. */
export function whoMayJoin({ allow }: Pick<MaintenanceJson, 'allow'>): string {
  if (allow.length === 0) return 'nobody may join'
  const last = allow.at(-1) ?? ''
  const others = allow.slice(0, -1)
  return `${printable(others.length === 0 ? last : `${others.join(', ')} and ${last}`)} may join`
}
