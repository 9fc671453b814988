import { Command } from 'commander'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { ask, type Load } from './ask.ts'
import type { OrderVerb } from './power-order-verb.ts'

interface OrderOptions extends GlobalOptions {
  readonly json?: true
}

/** A command that orders a server to start or to stop, and shows what it is then. */
export function orderCommand(name: string, description: string, help: string, load: Load<OrderVerb>): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'which')
    .option('--json', 'one object instead of a line')
    .addHelpText('after', help)
    .action(async (id: string, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<OrderOptions>()
      const server = await ask(options, load, { id })
      if (server === undefined) return
      if (json) printJson(server)
      else print(`${printable(`server "${server.id}" is ${server.state}`)}\n`)
    })
}
