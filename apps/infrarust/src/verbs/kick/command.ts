import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson, tell } from '../../print/print.ts'
import { ask } from '../ask.ts'
import { kickedText } from './text.ts'

const HELP = `
A target is the id of a connection, a client address, a network, the name of a player in any case, or the UUID of one whom
the proxy has authenticated. A number is an id first and a name where no connection has it; --name takes a name whatever it
looks like. Who has no server yet reads the
reason; a session only ends. They may come back at once: see infrarust ban. Exit code 0 when somebody was disconnected, 1
when there was nobody, 2 when the proxy could not be asked or the target is none.

Example:
  infrarust kick Steve --reason "see the rules"
  infrarust kick --name ".Bed Rock"`

interface KickOptions extends GlobalOptions {
  readonly reason?: string
  readonly name?: string
  readonly json?: true
}

export function command(): Command {
  return new Command('kick')
    .description('end connections of the running proxy')
    .argument('[id|player|address|cidr]', 'whose')
    .option('--name <player>', 'those of the player of this name, and of nobody else')
    .option('--reason <text>', 'shown to players who have no server yet')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (target: string | undefined, _: unknown, command: Command) => {
      const { json, reason, name, ...options } = command.optsWithGlobals<KickOptions>()
      if ((target === undefined) === (name === undefined))
        command.error('error: write whom to kick, or --name <player>: one of the two')
      const nobody = { ifNotFound: [] }
      const kicked =
        name === undefined
          ? await ask(options, () => import('./verb.ts'), { target: target ?? '', reason }, nobody)
          : await ask(options, () => import('../kick-player/verb.ts'), { name, reason }, nobody)
      if (kicked === undefined) return
      if (json) printJson({ kicked })
      else if (kicked.length === 0) tell(`infrarust: nobody is connected as ${target ?? name}`)
      else for (const connection of kicked) print(`${kickedText(connection)}\n`)
      process.exitCode = kicked.length > 0 ? 0 : 1
    })
}
