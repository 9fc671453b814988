import { Command } from 'commander'
import { askAll, type Item } from '../live/ask.ts'
import { cell, ofKind } from '../live/item.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { table } from '../print/table.ts'

const HELP = `
Exit code 0 when every provider serves, 1 when one waits, fails, or has servers that are wrong or in conflict, 2 when the
proxy could not be asked.

Example:
  infrarust providers --json`

interface ProvidersOptions extends GlobalOptions {
  readonly json?: true
}

interface ProviderJson {
  readonly name: string | undefined
  readonly state: unknown
  readonly servers: readonly string[]
  readonly problems: readonly string[]
  readonly conflicts: readonly string[]
  readonly last_error: unknown
}

export function providersCommand(): Command {
  return new Command('providers')
    .description('show where the servers of the running proxy come from, and what is wrong there')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ProvidersOptions>()
      const items = await askAll(options, 'providers')
      if (items === undefined) return
      const providers = providersOf(items)
      if (json) printJson({ providers })
      else print(providersText(providers))
      process.exitCode = providers.every(isWell) ? 0 : 1
    })
}

function providersOf(items: readonly Item[]): readonly ProviderJson[] {
  return ofKind(items, 'provider').map((item) => {
    const name = cell(item, 'name')
    const texts = (kind: string): readonly string[] =>
      ofKind(items, kind)
        .filter(({ provider }) => provider === name)
        .map((each) => cell(each, 'text') ?? '')
    return {
      name,
      state: item.state,
      servers: texts('server'),
      problems: texts('problem'),
      conflicts: texts('conflict'),
      last_error: item.last_error,
    }
  })
}

function isWell({ state, problems, conflicts }: ProviderJson): boolean {
  return state === 'serving' && problems.length === 0 && conflicts.length === 0
}

function providersText(providers: readonly ProviderJson[]): string {
  const rows = providers.map(({ name, state, servers, last_error }) => [
    name,
    String(state),
    servers.join(', '),
    errorText(last_error),
  ])
  const faults = new Set(providers.flatMap(({ problems, conflicts }) => [...problems, ...conflicts]))
  return (
    table([['PROVIDER', 'STATE', 'SERVERS', 'LAST ERROR'], ...rows]) +
    [...faults].map((line) => `\n${printable(line)}\n`).join('')
  )
}

function errorText(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('message' in error) || !('at' in error)) return undefined
  return `${String(error.message)} (${String(error.at)})`
}
