import { Command } from 'commander'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'

const EXAMPLE = `
Exit code 0 when everything is as it should be, 1 when something is wrong.

Example:
  infrarust check --config /etc/infrarust/infrarust.toml`

interface CheckOptions extends GlobalOptions {
  readonly json?: true
}

export function checkCommand(): Command {
  return new Command('check')
    .description('validate everything and print what would be served')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<CheckOptions>()
      const [{ checkConfiguration }, { checkTable }] = await Promise.all([
        import('../check/check.ts'),
        import('../check/check-table.ts'),
      ])
      const checked = await checkConfiguration(options)
      if (json) printJson(checked)
      else print(checkTable(checked))
      for (const { level, message } of json ? [] : checked.findings) tell(`${level}: ${message}`)
      exitWhenWritten(checked.ok ? 0 : 1)
    })
}
