import { banText, parseBanTarget, parseDuration } from '@infrarust/core'
import { Command, InvalidArgumentError } from 'commander'
import { namesText } from '../ban/names-text.ts'
import { minute } from '../ban/table.ts'
import { isRecord } from '../control/protocol.ts'
import { LONGEST_BAN_MS } from '../control/verbs/options.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { callBans, complain, operator } from './ban-call.ts'
import { areTargets } from './ban-targets.ts'

const EXAMPLE = `
A target is an address, a network, a UUID, or else the name of a player. Each has its line "banned <target>" as soon as
its ban would survive a power cut; connections of who is banned end at once. Exit code 0 when all are banned, else 1.

Example:
  infrarust ban add 203.0.113.7 2001:db8::/32 Steve --reason "griefing" --duration 7d`

interface AddOptions extends GlobalOptions {
  readonly reason?: string
  readonly duration?: number
  readonly player?: string
}

export function banAddCommand(): Command {
  return new Command('add')
    .description('keep addresses, networks or players out')
    .argument('<target...>', 'whom')
    .option('--reason <text>', 'shown to the player')
    .option('--duration <duration>', 'such as 30m, 12h or 7d (default: for good)', milliseconds)
    .option('--player <name>', 'the name that goes with a UUID: a UUID alone is only claimed here, a name is enforced')
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { reason, duration, player, ...options } = command.optsWithGlobals<AddOptions>()
      if (!areTargets(player === undefined ? targets : [...targets, player])) return
      const call = {
        verb: 'ban.add',
        options: { by: operator(), reason: banText(reason), durationMs: duration, playerName: player },
        input: targets,
        hasItemPerInput: true,
      }
      const left = [...targets]
      const isDone = await callBans(options, call, ({ item }) => {
        const target = left.shift() ?? ''
        const { names, shortenedFrom } = isRecord(item) ? item : {}
        print(`banned ${printable(target)}\n`)
        noteAboutUuid(target, Array.isArray(names) ? names.map(String) : [])
        if (shortenedFrom !== undefined) noteAboutEnd(target, shortenedFrom)
      })
      if (!isDone) complain(`not banned: ${left.join(' ')}`)
    })
}

/** Nobody should believe a UUID to be enforced that nobody checks. */
function noteAboutUuid(written: string, names: readonly string[]): void {
  const parsed = parseBanTarget(written)
  if (parsed.kind !== 'target' || parsed.target.type !== 'uuid') return
  const why = 'players are not authenticated here, so a UUID is only claimed'
  tell(
    names.length === 0
      ? `note: ${why}; this ban keeps nobody out until it is made again with --player <name>`
      : `note: ${why}; this ban also matches ${namesText(names)}, by which it is enforced`,
  )
}

/** Shorter is what was asked for, but perhaps not what was meant by somebody who did not know of the ban before. */
function noteAboutEnd(target: string, before: unknown): void {
  const end = typeof before === 'number' ? `lasted until ${minute(before)}` : 'was for good'
  tell(`note: ${target} was banned already, and that ban ${end}: this one ends earlier`)
}

function milliseconds(text: string): number {
  const parsed = parseDuration(text)
  if (parsed === undefined || parsed <= 0 || parsed > LONGEST_BAN_MS)
    throw new InvalidArgumentError('Write a duration such as 30m, 12h or 7d.')
  return parsed
}
