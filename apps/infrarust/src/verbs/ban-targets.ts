import { type BanTarget, parseBanTarget, readBanTarget } from '@infrarust/core/ban-store'
import { invalidText } from '../ban/written-target.ts'
import { complain } from './ban-call.ts'

export const NAME_OPTION = '--name <player>'
export const NAME_OPTION_TEXT = 'a player of any name, with blanks or looking like something else; may be repeated'

/** One target of a command line. */
export interface CommandTarget {
  /** As it was written. */
  readonly text: string
  readonly target: BanTarget
}

/**
 * The targets of a command line: those that say by themselves what they are, and those that are said to be names.
 *
 * @returns undefined where one of them is none, or where there is none; that is told, and nothing should be done then
 */
export function commandTargets(
  written: readonly string[],
  names: readonly string[] = [],
): readonly CommandTarget[] | undefined {
  if (written.length + names.length === 0) {
    complain(`no target: write whom, or ${NAME_OPTION}`)
    return undefined
  }
  const targets = [...written.map(bareTarget), ...names.map(namedTarget)].filter((target) => target !== undefined)
  return targets.length === written.length + names.length ? targets : undefined
}

/** For an option that is given once for each name. */
export function addName(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name]
}

function bareTarget(text: string): CommandTarget | undefined {
  const parsed = parseBanTarget(text)
  if (parsed.kind === 'target') return { text, target: parsed.target }
  complain(invalidText(parsed, text))
  return undefined
}

/** Whether a player can be called so; what is not is told. */
export function namedTarget(text: string): CommandTarget | undefined {
  const read = readBanTarget('username', text)
  if (read.kind === 'target') return { text, target: read.target }
  complain(read.message)
  return undefined
}
