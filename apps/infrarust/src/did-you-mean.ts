import { nearest } from '@infrarust/core/provider'
import type { Command, CommanderError } from 'commander'
import { EXCESS_ARGUMENTS, UNKNOWN_COMMAND, UNKNOWN_OPTION } from './unknown-words.ts'

/**
 * What is wrong with a command line, in one line: with what was probably meant, or where that can be seen.
 *
 * @param command  the one that has refused it
 * @param commands the names of the commands in it, whether they are loaded or not
 */
export function complaintAbout(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  command: Command,
  commands: readonly string[],
): string {
  const known = code === UNKNOWN_COMMAND ? commands : code === UNKNOWN_OPTION ? optionsOf(command) : undefined
  if (code === EXCESS_ARGUMENTS) return `${message.replace(/\.$/, '')}; see ${pathOf(command)} --help`
  if (known === undefined) return message
  const written = /'(.*)'$/s.exec(message)?.[1] ?? ''
  const meant = nearestOf(written, known)
  return meant === undefined ? `${message}; see ${pathOf(command)} --help` : `${message}; did you mean "${meant}"?`
}

/** Its own, and those that every command takes. */
function optionsOf(command: Command): readonly string[] {
  const own = command.options.flatMap(({ long }) => long ?? [])
  return command.parent === null ? [...own, '--help'] : [...own, ...optionsOf(command.parent)]
}

/** The key of a file is written with underscores, and a value may be in the same word: `--log_levl=debug`. */
function nearestOf(written: string, known: readonly string[]): string | undefined {
  const keys = new Map(known.map((name) => [name.replaceAll('-', '_'), name]))
  const [name = ''] = written.split('=', 1)
  const found = nearest(name, [...keys.keys()])
  return found === undefined ? undefined : keys.get(found)
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
