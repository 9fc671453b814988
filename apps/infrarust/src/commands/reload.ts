import { Command } from 'commander'
import { askAll, type Item } from '../live/ask.ts'
import { cell, ofKind, textsOf } from '../live/item.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'

const HELP = `
The running proxy takes over a saved file by itself. This reads all of them now, says what that changed, what is wrong
and stays as it was, and what waits for the next start. Exit code 0, 1 when something is wrong, 2 when the proxy could
not be asked.

Example:
  infrarust reload --config /etc/infrarust/infrarust.toml`

interface ReloadOptions extends GlobalOptions {
  readonly json?: true
}

export function reloadCommand(): Command {
  return new Command('reload')
    .description('have the running proxy read its configuration again, and show what changed')
    .option('--json', 'one object instead of lines')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<ReloadOptions>()
      const items = await askAll(options, 'reload')
      if (items === undefined) return
      if (json) printJson(reloadJson(items))
      else show(items)
      process.exitCode = textsOf(items, 'problem').length > 0 ? 1 : 0
    })
}

function reloadJson(items: readonly Item[]): object {
  const earlier = ofKind(items, 'earlier')[0]
  return {
    changes: textsOf(items, 'change'),
    problems: textsOf(items, 'problem'),
    need_restart: textsOf(items, 'need_restart'),
    earlier: earlier === undefined ? null : { at: earlier.at, changes: textsOf(items, 'earlier') },
  }
}

function show(items: readonly Item[]): void {
  const changes = textsOf(items, 'change')
  const say = (line: string): void => print(`${printable(shortened(line))}\n`)
  for (const line of changes) say(line)
  if (changes.length === 0) say('nothing changed')
  const earlier = ofKind(items, 'earlier')[0]
  // Whoever has saved a file and asks a second later wants to see this.
  if (changes.length === 0 && earlier !== undefined) {
    say(`the last changes were taken over at ${cell(earlier, 'at')}:`)
    for (const line of textsOf(items, 'earlier')) say(`  ${line}`)
  }
  for (const key of textsOf(items, 'need_restart')) say(`${key} changes with the next start`)
  for (const line of textsOf(items, 'problem')) tell(`error: ${line}`)
}

/** A list of ten thousand networks that has changed fills no screen; with --json all of it is there. */
function shortened(line: string): string {
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)}…` : line
}

const LINE_MAX = 500
