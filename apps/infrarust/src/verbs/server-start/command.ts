import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { ask } from '../ask.ts'

const HELP = `
Nobody needs to be waiting, and no limit of [wake] counts. It is stopped again when nobody is there, as after any start.
Exit code 0 when it was ordered, 2 when there is no such server, or the proxy could not be asked.

Example:
  infrarust server start survival`

interface OrderOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('start')
    .description('start a server that sleeps')
    .argument('<id>', 'which')
    .option('--json', 'one object instead of a line')
    .addHelpText('after', HELP)
    .action(async (id: string, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<OrderOptions>()
      const server = await ask(options, () => import('./verb.ts'), { id })
      if (server === undefined) return
      if (json) printJson(server)
      else print(`${printable(`server "${server.id}" is ${server.state}`)}\n`)
    })
}
