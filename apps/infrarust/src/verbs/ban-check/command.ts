import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { withBans } from '../ban-call.ts'
import { addName, commandTargets, NAME_OPTION, NAME_OPTION_TEXT } from '../ban-targets.ts'
import { checkJson, checkText } from './text.ts'

const EXAMPLE = `
Shows which bans hold a target (its own, that of a network around it, that of a UUID with its name), and who banned and
unbanned it before. Exit code 0 when at least one ban holds each target, else 1.

Example:
  infrarust ban show 203.0.113.7`

interface ShowOptions extends GlobalOptions {
  readonly json?: true
  readonly name?: readonly string[]
}

export function command(): Command {
  return new Command('show')
    .description('say why somebody is kept out, or is not')
    .argument('[target...]', 'whom')
    .option(NAME_OPTION, NAME_OPTION_TEXT, addName)
    .option('--json', 'one object for each target')
    .addHelpText('after', EXAMPLE)
    .action(async (targets: readonly string[], _: unknown, command: Command) => {
      const { json, name, ...options } = command.optsWithGlobals<ShowOptions>()
      const whom = commandTargets(targets, name)
      if (whom === undefined) return
      const { verb } = await import('./verb.ts')
      await withBans(options, async (bans) => {
        for (const { text, target } of whom) {
          const checked = await bans.ask(verb, target)
          if (checked === undefined) continue
          if (!checked.banned) process.exitCode = 1
          if (json) printJson(checkJson(text, checked))
          else print(checkText(text, checked))
        }
      })
    })
}
