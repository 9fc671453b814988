import { type Ban, namesOf } from '@infrarust/core/ban-store'
import { shellWord } from '../print/shell-word.ts'
import { table } from '../print/table.ts'
import { writtenTarget } from './written-target.ts'

/** Bans for people: one line each. */
export function banTable(bans: readonly Ban[]): string {
  if (bans.length === 0) return 'nobody is banned\n'
  const rows = bans.map((ban) => [
    targetText(ban),
    untilText(ban),
    minute(ban.createdAt),
    ban.source,
    ...shown(ban.reason),
  ])
  return table([['TARGET', 'UNTIL', 'SINCE', 'BY', 'REASON'], ...rows])
}

function shown(reason: string | undefined): readonly string[] {
  return reason === undefined ? [] : [reason]
}

/** The target as commands take it; of a UUID with the names that it was banned with, `069a79f4-… (Notch)`. */
export function targetText(ban: Ban): string {
  const names = namesOf(ban)
  const target = writtenTarget(ban.target)
  return names.length === 0 ? target : `${target} (${names.map(shellWord).join(', ')})`
}

function untilText({ expiresAt }: Ban): string {
  return expiresAt === undefined ? 'for good' : minute(expiresAt)
}

/** `2026-01-02 03:04 UTC` */
export function minute(epochMs: number): string {
  const at = new Date(epochMs)
  return Number.isNaN(at.getTime()) ? 'unknown' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
