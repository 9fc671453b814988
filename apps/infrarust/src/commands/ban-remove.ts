import { readBan } from '@infrarust/core/ban-store'
import { Command } from 'commander'
import { targetText } from '../ban/ban-table.ts'
import { namesText } from '../ban/names-text.ts'
import { writtenTarget } from '../ban/written-target.ts'
import { isRecord } from '../control/protocol.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { shellWord } from '../print/shell-word.ts'
import { callBans, complain, operator } from './ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT } from './ban-targets.ts'

const EXAMPLE = `
Each target has its line "unbanned <target>" as soon as that is durable. Exit code 0 when all were banned and no longer
are, else 1.

Example:
  infrarust ban remove 203.0.113.7 Steve --name ".Bed Rock"`

interface RemoveOptions extends GlobalOptions {
  readonly name?: readonly string[]
}

export function banRemoveCommand(): Command {
  return new Command('remove')
    .description('let them in again')
    .argument('[target...]', 'whom, as "ban list" shows them')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { name, ...options } = command.optsWithGlobals<RemoveOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined) return
      const input = whom.map(({ target }) => target)
      const call = { verb: 'ban.remove', options: { by: operator() }, input, hasItemPerInput: true }
      const left = [...whom]
      const isDone = await callBans(options, call, ({ item, isRepeated }) => {
        const removed = left.shift()
        if (removed === undefined) return
        const target = writtenTarget(removed.target)
        const { wasBanned, names, stillHeld } = isRecord(item) ? item : {}
        const holders = listOf(stillHeld).flatMap(heldText)
        if (wasBanned === true || isRepeated) {
          print(`unbanned ${printable(removed.text)}\n`)
          const freed = listOf(names).map(String)
          if (freed.length > 0) tell(`note: the ban of ${target} was enforced by ${namesText(freed)}`)
          for (const holder of holders) tell(`note: ${holder}`)
        } else if (holders.length > 0) complain(`${target} has no ban of its own: ${holders.join('; ')}`)
        else complain(`${target} is not banned; "ban show ${target}" tells what holds it`)
      })
      if (!isDone) complain(`not unbanned: ${left.map(({ target }) => writtenTarget(target)).join(' ')}`)
    })
}

/** `Steve is still kept out by the ban of 069a79f4-… (Steve, Alex)` */
function heldText(held: unknown): readonly string[] {
  const { target, by } = isRecord(held) ? held : {}
  const reading = readBan(by, 'entry', Date.now())
  if (reading.kind === 'fault') return []
  return reading.bans.map((ban) => `${shellWord(String(target))} is still kept out by the ban of ${targetText(ban)}`)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
