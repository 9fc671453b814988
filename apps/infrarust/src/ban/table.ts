import type { Ban } from '@infrarust/core'

/** Bans for people: one line each. */
export function banTable(bans: readonly Ban[]): string {
  if (bans.length === 0) return 'nobody is banned\n'
  const rows = bans.map((ban) => [targetText(ban), untilText(ban), minute(ban.createdAt), ban.source, ban.reason ?? ''])
  return table([['TARGET', 'UNTIL', 'SINCE', 'BY', 'REASON'], ...rows])
}

/** `069a79f4-… (Notch)`: of a UUID the name that it was banned with. */
function targetText({ target, playerName }: Ban): string {
  return playerName === undefined ? target.value : `${target.value} (${playerName})`
}

function untilText({ expiresAt }: Ban): string {
  return expiresAt === undefined ? 'for good' : minute(expiresAt)
}

/** `2026-01-02 03:04 UTC` */
export function minute(epochMs: number): string {
  const at = new Date(epochMs)
  return Number.isNaN(at.getTime()) ? 'unknown' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Columns side by side, the last one as long as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, text] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length)
  }
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return `${rows.map(line).join('\n')}\n`
}
