import { Command } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { ask, complainOnStderr } from '../ask.ts'
import { onText } from './text.ts'

const HELP = `
Without a server it is every one that has no maintenance of its own. Texts are written as in [messages]; without one,
[messages.maintenance] and [motd.maintenance] say what players read. Who may join is whom --allow or [maintenance] of the
configuration names. Sessions go on unless --kick is there. It is in force at once and kept over restarts; once more, it
goes on with what is said now. Exit code 0, 1 when a restart will forget it, 2 when the proxy could not be asked.

Example:
  infrarust maintenance on survival --text "§eBack at 18:00" --allow Steve --allow 192.0.2.0/24`

interface OnOptions extends GlobalOptions {
  readonly text?: string
  readonly motd?: string
  readonly allow?: readonly string[]
  readonly kick?: true
  readonly json?: true
}

export function command(): Command {
  return new Command('on')
    .description('keep players out of a server, or of all')
    .argument('[server]', 'its id')
    .option('--text <text>', 'what a login is told, and the server list shows')
    .option('--motd <text>', 'what the server list shows, where that is another text')
    .option(
      '--allow <who>',
      'a player or a network that may join; once for each',
      (who, all: readonly string[] = []) => [...all, who],
    )
    .option('--kick', 'end the sessions of who may not join')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (server: string | undefined, _: unknown, command: Command) => {
      const { json, text, motd, allow, kick, ...options } = command.optsWithGlobals<OnOptions>()
      const request = { server, text, motd, allow: allow === undefined ? undefined : [...allow], kick }
      const on = await ask(options, () => import('./verb.ts'), request)
      if (on === undefined) return
      if (json) printJson(on)
      else print(onText(on))
      if (on.problem === undefined) return
      complainOnStderr(on.problem)
      process.exitCode = 1
    })
}
