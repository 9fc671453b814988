import { readFile } from 'node:fs/promises'
import { banJson, readBanList } from '@infrarust/core/ban-store'
import { Command } from 'commander'
import { unenforcedText } from '../../ban/unenforced.ts'
import type { GlobalOptions } from '../../options.ts'
import { print, tell } from '../../print/print.ts'
import { printable } from '../../print/printable.ts'
import { complain, operator, withBans } from '../ban-call.ts'

const EXAMPLE = `
Reads bans.json of the Rust product or of "ban export", and banned-players.json and banned-ips.json of a Minecraft
server. Each file is added whole or not at all; no ban becomes shorter by it, and no name is freed. Exit code 0 when all are
imported, else 1.

Example:
  infrarust ban import /srv/minecraft/banned-players.json /srv/minecraft/banned-ips.json`

export function command(): Command {
  return new Command('import')
    .description('add the bans of another product')
    .argument('<file...>', 'lists of bans')
    .addHelpText('after', EXAMPLE)
    .action(async (files: readonly string[], _: unknown, command: Command) => {
      for (const file of files) await importFile(file, command.optsWithGlobals<GlobalOptions>())
    })
}

async function importFile(file: string, options: GlobalOptions): Promise<void> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return complain(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { bans, faults } = readBanList(text, Date.now())
  for (const fault of faults) complain(`${file}: ${fault}`)
  if (faults.length > 0) return complain(`nothing of ${file} was imported`)
  const { verb } = await import('./verb.ts')
  const isDone = await withBans(options, async (store) => {
    const made = await store.ask(verb, { by: operator() }, bans.map(banJson))
    if (made === undefined) return
    const { imported, over, kept, unenforced } = made
    const rest = over === 0 ? '' : `; over already: ${over}`
    print(`imported ${imported} ${imported === 1 ? 'ban' : 'bans'} from ${printable(file)}${rest}\n`)
    if (kept > 0)
      tell(`note: ${kept} in ${file} would end earlier than the bans that there are, which were kept as they are`)
    if (unenforced > 0) tell(`note: ${unenforcedText(unenforced, file)}`)
  })
  if (!isDone) complain(`nothing of ${file} is known to be imported`)
}
