import { type Ban, readBan } from '@infrarust/core/ban-store'

/** Bans as they came over the socket, as all else here knows them. */
export function bansOf(entries: readonly unknown[]): readonly Ban[] {
  return entries.flatMap((entry) => {
    const reading = readBan(entry, 'entry', Date.now())
    return reading.kind === 'bans' ? reading.bans : []
  })
}
