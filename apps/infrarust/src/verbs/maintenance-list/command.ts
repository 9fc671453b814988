import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { table } from '../../print/table.ts'
import { ask } from '../ask.ts'
import { whoMayJoin } from '../maintenance-text.ts'

const HELP = `
Exit code 0, or 2 when the proxy could not be asked.

Example:
  infrarust maintenance list --json`

interface ListOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('list')
    .description('show what is in maintenance')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ListOptions>()
      const maintenance = await ask(options, () => import('./verb.ts'), {})
      if (maintenance === undefined) return
      if (json) printJson({ maintenance })
      else if (maintenance.length === 0) print('nothing is in maintenance\n')
      else
        print(
          table([
            ['SERVER', 'SINCE', 'WHO', 'TEXT'],
            ...maintenance.map((each) => [each.server ?? 'every server', each.since, whoMayJoin(each), each.text]),
          ]),
        )
    })
}
