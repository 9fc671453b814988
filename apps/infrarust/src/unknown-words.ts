/** What commander calls a word of a command line that it does not know or has no place for, and how it says so; ours are alike. */
export const UNKNOWN_OPTION = 'commander.unknownOption'
export const UNKNOWN_COMMAND = 'commander.unknownCommand'
export const EXCESS_ARGUMENTS = 'commander.excessArguments'

export function unknownText(what: 'option' | 'command', word: string): string {
  return `error: unknown ${what} '${word}'`
}
