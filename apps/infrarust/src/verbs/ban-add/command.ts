import { banText } from '@infrarust/core/ban-store'
import { parseDuration } from '@infrarust/core/provider'
import { Command, InvalidArgumentError } from 'commander'
import { writtenTarget } from '../../ban/written-target.ts'
import type { GlobalOptions } from '../../options.ts'
import { print, tell } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { complain, operator, withBans } from '../ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT, namedTarget } from '../ban-targets.ts'
import { LONGEST_BAN_MS } from '../longest-ban.ts'
import { notes } from './text.ts'

const EXAMPLE = `
A target is an address, a network, a UUID, or else the name of a player: letters, digits and _, perhaps behind a dot. What
is none of these is refused; --name takes every name that a player may join with. Each has its line "banned <target>" as
soon as its ban would survive a power cut; connections of who is banned end at once. Exit code 0 when all are banned,
else 1.

Example:
  infrarust ban add 203.0.113.7 2001:db8::/32 Steve --reason "griefing" --duration 7d
  infrarust ban add --name ".Bed Rock"`

interface AddOptions extends GlobalOptions {
  readonly reason?: string
  readonly duration?: number
  readonly player?: string
  readonly name?: readonly string[]
}

export function command(): Command {
  return new Command('add')
    .description('keep addresses, networks or players out')
    .argument('[target...]', 'whom')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .option('--reason <text>', 'shown to the player')
    .option('--duration <duration>', 'such as 30m, 12h or 7d (default: for good)', milliseconds)
    .option(
      '--player <name>',
      'the name that goes with a UUID: a UUID alone holds only where the proxy authenticates players',
    )
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { reason, duration, player, name, ...options } = command.optsWithGlobals<AddOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined || (player !== undefined && namedTarget(player) === undefined)) return
      const { verb } = await import('./verb.ts')
      const left = [...whom]
      const isDone = await withBans(options, async (bans) => {
        for (const { text, target } of whom) {
          const ban = await bans.ask(verb, {
            target,
            reason: banText(reason),
            duration_seconds: duration === undefined ? undefined : duration / 1_000,
            player_name: player,
            by: operator(),
          })
          left.shift()
          print(`banned ${printable(text)}\n`)
          for (const note of ban === undefined ? [] : notes(target, ban)) tell(note)
        }
      })
      if (!isDone) complain(`not banned: ${left.map(({ target }) => writtenTarget(target)).join(' ')}`)
    })
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text)
  if (parsed === undefined || parsed <= 0 || parsed > LONGEST_BAN_MS)
    throw new InvalidArgumentError('Write a duration such as 30m, 12h or 7d.')
  return parsed
}
