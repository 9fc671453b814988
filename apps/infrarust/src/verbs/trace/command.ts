import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { follow } from '../ask.ts'
import { eventText } from './text.ts'

const HELP = `
Follows every connection of these clients from now on: each phase, the bytes of PROXY headers received and sent, what
was decided and why. Behind a load balancer a client is known once its header was read; give the balancer's address to
see those that fail before. With --json a line is one object. Goes on until Ctrl-C; exit code 0 then, or 2 when the
proxy could not be asked or has gone.

Example:
  infrarust trace 203.0.113.7`

interface TraceOptions extends GlobalOptions {
  readonly json?: true
}

export function command(): Command {
  return new Command('trace')
    .description('follow the connections of a client live, step by step')
    .argument('<address|cidr>', 'whose')
    .option('--json', 'one object a line')
    .addHelpText('after', HELP)
    .action(async (target: string, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<TraceOptions>()
      process.on('SIGINT', () => process.exit(0))
      await follow(
        options,
        () => import('./verb.ts'),
        { target },
        (event) => (json ? printJson(event) : print(`${eventText(event)}\n`)),
      )
    })
}
