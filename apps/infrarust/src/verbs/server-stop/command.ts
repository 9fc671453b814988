import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { ask } from '../ask.ts'

const HELP = `
Players on it are disconnected by the server. Whoever joins afterwards wakes it again: maintenance keeps them out.
Exit code 0 when it was ordered, 2 when there is no such server, or the proxy could not be asked.

Example:
  infrarust server stop survival`

interface OrderOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('stop')
    .description('stop a server, whoever is on it')
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
