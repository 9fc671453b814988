import type { BanTarget } from '@infrarust/core/ban-store'
import { minute } from '../../ban/ban-table.ts'
import { namesText } from '../../ban/names-text.ts'
import { writtenTarget } from '../../ban/written-target.ts'
import type { AddedBan } from './verb.ts'

/** What somebody who has banned should know besides, a line each. */
export function notes(target: BanTarget, ban: AddedBan): readonly string[] {
  return [
    ...(target.type === 'uuid' ? [noteAboutUuid(ban)] : []),
    ...(ban.shortened_from === undefined ? [] : [noteAboutEnd(target, ban.shortened_from)]),
  ]
}

/** Nobody should believe a UUID to be enforced that nobody checks. */
function noteAboutUuid({ player_name, other_names = [] }: AddedBan): string {
  const why = 'a UUID is only claimed where the proxy does not authenticate players (proxy_mode = "client_only")'
  return player_name === undefined
    ? `note: ${why}; there this ban keeps nobody out until it is made again with --player <name>`
    : `note: ${why}; there this ban also matches ${namesText([player_name, ...other_names])}, by which it is enforced`
}

/** Shorter is what was asked for, but perhaps not what was meant by somebody who did not know of the ban before. */
function noteAboutEnd(target: BanTarget, before: number | null): string {
  const end = before === null ? 'was for good' : `lasted until ${minute(before * 1_000)}`
  return `note: ${writtenTarget(target)} was banned already, and that ban ${end}: this one ends earlier`
}
