import { Command } from 'commander'
import { checkConfiguration } from '../check/check.ts'
import { checkTable } from '../check/table.ts'
import { exitWhenWritten } from '../exit.ts'
import type { GlobalOptions } from '../options.ts'

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
      const checked = await checkConfiguration(options)
      process.stdout.write(json ? `${JSON.stringify(checked)}\n` : checkTable(checked))
      for (const { level, message } of json ? [] : checked.findings) process.stderr.write(`${level}: ${message}\n`)
      exitWhenWritten(checked.ok ? 0 : 1)
    })
}
