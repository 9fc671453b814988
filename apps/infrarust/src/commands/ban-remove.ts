import { Command } from 'commander'
import { isRecord } from '../control/protocol.ts'
import type { GlobalOptions } from '../options.ts'
import { print } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { callBans, complain, operator } from './ban-call.ts'
import { areTargets } from './ban-targets.ts'

const EXAMPLE = `
Each target has its line "unbanned <target>" as soon as that is durable. Exit code 0 when all were banned and no longer
are, else 1.

Example:
  infrarust ban remove 203.0.113.7 Steve`

export function banRemoveCommand(): Command {
  return new Command('remove')
    .description('let them in again')
    .argument('<target...>', 'whom, as "ban list" shows them')
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      if (!areTargets(targets)) return
      const call = { verb: 'ban.remove', options: { by: operator() }, input: targets, hasItemPerInput: true }
      const left = [...targets]
      const isDone = await callBans(command.optsWithGlobals<GlobalOptions>(), call, ({ item, isRepeated }) => {
        const target = left.shift() ?? ''
        const wasBanned = isRecord(item) && item.wasBanned === true
        if (wasBanned || isRepeated) print(`unbanned ${printable(target)}\n`)
        else complain(`${target} is not banned; "ban show ${target}" tells what holds it`)
      })
      if (!isDone) complain(`not unbanned: ${left.join(' ')}`)
    })
}
