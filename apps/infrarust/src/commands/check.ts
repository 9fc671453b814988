import { Command } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'

const EXAMPLE = `
A warning is about what may be as it is meant, such as a key that does nothing here. With --strict it counts as wrong, for
checks before a change is rolled out: "ok" of --json is false then. Exit code 0 when everything is as it should be, 1 when
something is wrong.

Example:
  infrarust check --config /etc/infrarust/infrarust.toml --strict
  infrarust check --show | grep INFRARUST_`

interface CheckOptions extends GlobalOptions {
  readonly json?: true
  readonly show?: true
  readonly strict?: true
}

export function checkCommand(): Command {
  return new Command('check')
    .description('validate everything and print what would be served')
    .option('--show', 'print every key in force instead, and where its value comes from')
    .option('--strict', 'warnings count as failures')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const { json, show, strict, ...options } = command.optsWithGlobals<CheckOptions>()
      const [{ checkConfiguration }, { checkTable }, { shownTable }] = await Promise.all([
        import('../check/check.ts'),
        import('../check/check-table.ts'),
        import('../check/shown-table.ts'),
      ])
      const found = await checkConfiguration(options, show)
      const warnings = strict ? found.findings.filter(({ level }) => level === 'warn').length : 0
      const checked = { ...found, ok: found.ok && warnings === 0 }
      if (json) printJson(checked)
      else print(checked.shown === undefined ? checkTable(checked) : shownTable(checked.shown))
      for (const { level, message } of json ? [] : checked.findings) tell(`${level}: ${message}`)
      if (!json && warnings > 0)
        tell(`--strict: ${warnings} ${warnings === 1 ? 'warning counts as a failure' : 'warnings count as failures'}`)
      exitWhenWritten(checked.ok ? 0 : 1)
    })
}
