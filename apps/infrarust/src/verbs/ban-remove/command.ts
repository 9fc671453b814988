import { Command } from 'commander'
import { writtenTarget } from '../../ban/written-target.ts'
import type { GlobalOptions } from '../../options.ts'
import { print, tell } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { complain, operator, withBans } from '../ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT } from '../ban-targets.ts'
import { VerbError } from '../verb-error.ts'
import { notes } from './text.ts'

const EXAMPLE = `
Each target has its line "unbanned <target>" as soon as that is durable. Exit code 0 when all were banned and no longer
are, else 1.

Example:
  infrarust ban remove 203.0.113.7 Steve --name ".Bed Rock"`

interface RemoveOptions extends GlobalOptions {
  readonly name?: readonly string[]
}

export function command(): Command {
  return new Command('remove')
    .description('let them in again')
    .argument('[target...]', 'whom, as "ban list" shows them')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { name, ...options } = command.optsWithGlobals<RemoveOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined) return
      const { verb } = await import('./verb.ts')
      const left = [...whom]
      const isDone = await withBans(options, async (bans) => {
        for (const { text, target } of whom) {
          const removed = await bans.ask(verb, { ...target, by: operator() }).catch(notBanned)
          left.shift()
          if (removed instanceof VerbError) complain(removed.message)
          else {
            print(`unbanned ${printable(text)}\n`)
            for (const note of removed === undefined ? [] : notes(target, removed)) tell(note)
          }
        }
      })
      if (!isDone) complain(`not unbanned: ${left.map(({ target }) => writtenTarget(target)).join(' ')}`)
    })
}

/** That one was not banned is nothing that keeps the others from being asked about. */
function notBanned(error: unknown): VerbError {
  if (error instanceof VerbError && error.code === 'not_found') return error
  throw error
}
