import { setTimeout as wait } from 'node:timers/promises'
import { Command, Option } from 'commander'
import type { GlobalOptions } from '../../options.ts'
import { print, printJson } from '../../print/print.ts'
import { Screen } from '../../print/screen.ts'
import { ask, complainOnStderr } from '../ask.ts'
import type { ConnectionJson } from '../connection.ts'
import { connectionTable, type RatedConnection, rated, SORT_KEYS, type SortKey, sorted } from './text.ts'

const HELP = `
RATE is what moved lately, both ways: within half a second, or with --watch since the last look. With --json each entry
has the fields of the access record, and with --watch each look is one line. Names that clients have chosen are escaped.
Exit code 0, or 2 when the proxy could not be asked. --watch goes on until Ctrl-C, or until the proxy has gone.

Example:
  infrarust connections --server survival --client 203.0.113.0/24 --sort rate --watch`

interface ConnectionsOptions extends GlobalOptions {
  readonly server?: string
  readonly client?: string
  readonly name?: string
  readonly sort: SortKey
  readonly watch?: true
  readonly json?: true
}

/** Between two looks: for the rate of one table, and for each next table. */
const SAMPLE_MS = 500
const WATCH_MS = 1_000

export function command(): Command {
  return new Command('connections')
    .description('show the connections of the running proxy: who, from where, to which server, how much')
    .option('--server <id>', 'only those to this server')
    .option('--client <address|cidr>', 'only those of these clients')
    .option('--name <player>', 'only those of the player of this name, in any case')
    .addOption(new Option('--sort <column>', 'what to sort by').choices(SORT_KEYS).default('age'))
    .option('--watch', 'look again every second')
    .option('--json', 'one object instead of a table')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, watch, sort, server, client, name, ...options } = command.optsWithGlobals<ConnectionsOptions>()
      const screen = new Screen(process.stdout)
      const complain = (message: string): void => {
        screen.close()
        complainOnStderr(message)
      }
      const look: Look = () => ask(options, () => import('./verb.ts'), { server, client, name }, { complain })
      if (watch) process.on('SIGINT', () => process.exit(0))
      await looks(look, sort, watch === true, json ? showJson : watch ? watchOn(screen) : showTable)
    })
}

type Look = () => Promise<readonly ConnectionJson[] | undefined>
type Show = (connections: readonly RatedConnection[]) => void

async function looks(look: Look, sort: SortKey, goesOn: boolean, show: Show): Promise<void> {
  let before = await look()
  let at = performance.now()
  while (before !== undefined) {
    await wait(goesOn ? WATCH_MS : SAMPLE_MS)
    const now = await look()
    if (now === undefined) return
    const elapsedMs = performance.now() - at
    at = performance.now()
    show(sorted(rated(now, before, elapsedMs), sort))
    if (!goesOn) return
    before = now
  }
}

function showJson(connections: readonly RatedConnection[]): void {
  const entries = connections.map(({ item, rate }) => ({ ...item, bytes_per_second: rate }))
  printJson({ connections: entries })
}

function showTable(connections: readonly RatedConnection[]): void {
  print(connectionTable(connections))
}

function watchOn(screen: Screen): Show {
  return (connections) =>
    screen.draw(`${connections.length} connections\n\n${connectionTable(connections, screen.columns)}`)
}
