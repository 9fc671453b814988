import type { Logger } from 'pino'
import type { Reloaded } from '../parts/reloads.ts'

/**
 * Writes in one line what came of a reload that somebody has asked for. Each change and each new mistake has a line of its
 * own by then.
 *
 * @param why begins the line
 */
export function logReloaded(logger: Logger, why: string, { changes, problems, need_restart }: Reloaded): void {
  const counts = { changes: changes.length, problems: problems.length, need_restart }
  const text = [
    changes.length === 0 ? 'nothing changed' : counted(changes.length, 'change'),
    ...(problems.length === 0
      ? []
      : [`${counted(problems.length, 'problem')}, as infrarust reload shows: ${problems[0]}`]),
    ...(need_restart.length === 0 ? [] : [`${need_restart.join(', ')} with the next start`]),
  ].join('; ')
  logger[problems.length === 0 ? 'info' : 'warn']({ event: 'reload', ...counts }, `${why}: read again: ${text}`)
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
