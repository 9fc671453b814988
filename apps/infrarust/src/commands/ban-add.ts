import { type BanTarget, banText } from '@infrarust/core/ban-store'
import { parseDuration } from '@infrarust/core/provider'
import { Command, InvalidArgumentError } from 'commander'
import { minute } from '../ban/ban-table.ts'
import { namesText } from '../ban/names-text.ts'
import { writtenTarget } from '../ban/written-target.ts'
import { isRecord } from '../control/protocol.ts'
import { LONGEST_BAN_MS } from '../control/verbs/options.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { callBans, complain, operator } from './ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT, namedTarget } from './ban-targets.ts'

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

export function banAddCommand(): Command {
  return new Command('add')
    .description('keep addresses, networks or players out')
    .argument('[target...]', 'whom')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .option('--reason <text>', 'shown to the player')
    .option('--duration <duration>', 'such as 30m, 12h or 7d (default: for good)', milliseconds)
    .option('--player <name>', 'the name that goes with a UUID: a UUID alone is only claimed here, a name is enforced')
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { reason, duration, player, name, ...options } = command.optsWithGlobals<AddOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined || (player !== undefined && namedTarget(player) === undefined)) return
      const call = {
        verb: 'ban.add',
        options: { by: operator(), reason: banText(reason), durationMs: duration, playerName: player },
        input: whom.map(({ target }) => target),
        hasItemPerInput: true,
      }
      const left = [...whom]
      const isDone = await callBans(options, call, ({ item }) => {
        const { text, target } = left.shift() ?? {}
        if (text === undefined || target === undefined) return
        const { names, shortenedFrom } = isRecord(item) ? item : {}
        print(`banned ${printable(text)}\n`)
        if (target.type === 'uuid') noteAboutUuid(Array.isArray(names) ? names.map(String) : [])
        if (shortenedFrom !== undefined) noteAboutEnd(target, shortenedFrom)
      })
      if (!isDone) complain(`not banned: ${left.map(({ target }) => writtenTarget(target)).join(' ')}`)
    })
}

/** Nobody should believe a UUID to be enforced that nobody checks. */
function noteAboutUuid(names: readonly string[]): void {
  const why = 'players are not authenticated here, so a UUID is only claimed'
  tell(
    names.length === 0
      ? `note: ${why}; this ban keeps nobody out until it is made again with --player <name>`
      : `note: ${why}; this ban also matches ${namesText(names)}, by which it is enforced`,
  )
}

/** Shorter is what was asked for, but perhaps not what was meant by somebody who did not know of the ban before. */
function noteAboutEnd(target: BanTarget, before: unknown): void {
  const end = typeof before === 'number' ? `lasted until ${minute(before)}` : 'was for good'
  tell(`note: ${writtenTarget(target)} was banned already, and that ban ${end}: this one ends earlier`)
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text)
  if (parsed === undefined || parsed <= 0 || parsed > LONGEST_BAN_MS)
    throw new InvalidArgumentError('Write a duration such as 30m, 12h or 7d.')
  return parsed
}
