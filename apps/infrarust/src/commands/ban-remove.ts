import { readBan } from '@infrarust/core'
import { Command } from 'commander'
import { namesText } from '../ban/names-text.ts'
import { targetText } from '../ban/table.ts'
import { isRecord } from '../control/protocol.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
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
        const { wasBanned, names, stillHeld } = isRecord(item) ? item : {}
        const holders = listOf(stillHeld).flatMap(heldText)
        if (wasBanned === true || isRepeated) {
          print(`unbanned ${printable(target)}\n`)
          const freed = listOf(names).map(String)
          if (freed.length > 0) tell(`note: the ban of ${target} was enforced by ${namesText(freed)}`)
          for (const holder of holders) tell(`note: ${holder}`)
        } else if (holders.length > 0) complain(`${target} has no ban of its own: ${holders.join('; ')}`)
        else complain(`${target} is not banned; "ban show ${target}" tells what holds it`)
      })
      if (!isDone) complain(`not unbanned: ${left.join(' ')}`)
    })
}

/** `Steve is still kept out by the ban of 069a79f4-… (Steve, Alex)` */
function heldText(held: unknown): readonly string[] {
  const { target, by } = isRecord(held) ? held : {}
  const reading = readBan(by, 'entry', Date.now())
  if (reading.kind === 'fault') return []
  return reading.bans.map((ban) => `${String(target)} is still kept out by the ban of ${targetText(ban)}`)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
