import { Command } from 'commander'
import { askLive, type Item } from '../live/ask.ts'
import { cell } from '../live/item.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { printable } from '../print/printable.ts'

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

export function traceCommand(): Command {
  return new Command('trace')
    .description('follow the connections of a client live, step by step')
    .argument('<address|cidr>', 'whose')
    .option('--json', 'one object a line')
    .addHelpText('after', HELP)
    .action(async (target: string, _: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<TraceOptions>()
      process.on('SIGINT', () => process.exit(0))
      await askLive(options, 'trace', { target }, (item) =>
        json ? printJson(item) : print(`${printable(lineText(item))}\n`),
      )
    })
}

/** `12:34:56.789 #17 203.0.113.7 handshake → login-start; …` */
function lineText(item: Item): string {
  switch (item.kind) {
    case 'tracing':
      return `following ${cell(item, 'target')}; Ctrl-C ends it`
    case 'missed':
      return `${cell(item, 'steps')} steps are missing here: they came faster than they were read`
    default:
      return `${cell(item, 'at')?.slice(11, 23)} #${cell(item, 'id')} ${cell(item, 'client')} ${cell(item, 'text')}`
  }
}
