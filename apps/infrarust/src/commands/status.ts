import { Command } from 'commander'
import { askAll, type Item } from '../live/ask.ts'
import { headersText } from '../live/headers-text.ts'
import { cell, count, ofKind, textsOf } from '../live/item.ts'
import { ageText } from '../live/units.ts'
import { trustedText } from '../log/trusted.ts'
import type { GlobalOptions } from '../options.ts'
import { print, printJson } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { table } from '../print/table.ts'

const HELP = `
Exit code 0 when the proxy runs, 2 when it could not be asked.

Example:
  infrarust status --config /etc/infrarust/infrarust.toml`

interface StatusOptions extends GlobalOptions {
  readonly json?: true
}

export function statusCommand(): Command {
  return new Command('status')
    .description('show what the running proxy listens on, serves and enforces')
    .option('--json', 'one object instead of tables')
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const { json, ...options } = command.optsWithGlobals<StatusOptions>()
      const items = await askAll(options, 'status')
      if (items === undefined) return
      if (json) printJson(statusJson(items))
      else print(statusTables(items))
    })
}

function statusJson(items: readonly Item[]): object {
  return {
    ...ofKind(items, 'proxy')[0],
    listeners: ofKind(items, 'listener'),
    providers: ofKind(items, 'provider'),
    servers: ofKind(items, 'server'),
    limits: Object.fromEntries(ofKind(items, 'limit').map((item) => [cell(item, 'key'), item.value])),
    slow_endpoints: ofKind(items, 'slow_endpoint'),
    problems: textsOf(items, 'problem'),
  }
}

function statusTables(items: readonly Item[]): string {
  const [proxy = {}] = ofKind(items, 'proxy')
  const age = ageText(Date.now() - Date.parse(cell(proxy, 'started_at') ?? ''))
  return [
    ...textsOf(items, 'problem').map((text) => `not in force as written: ${printable(text)}\n`),
    `runs for ${age} as process ${cell(proxy, 'pid')}, ${cell(proxy, 'transport')} transport, log level ` +
      `${cell(proxy, 'log_level')}, ${count(proxy, 'connections')} connections, ${count(proxy, 'sessions')} sessions\n`,
    table([
      ['LISTENER', 'PROXY', 'BELIEVED FROM', 'CONNECTIONS', 'HEADERS LATELY'],
      ...ofKind(items, 'listener').map((item) => [
        cell(item, 'name'),
        cell(item, 'proxy_protocol'),
        item.proxy_protocol === 'off' ? undefined : trustedText(Array.isArray(item.trusted) ? item.trusted : null),
        cell(item, 'connections'),
        headersText(item.headers),
      ]),
    ]),
    section(items, 'provider', ['PROVIDER', 'STATE', 'SERVERS'], ['name', 'state', 'servers']),
    section(items, 'server', ['SERVER', 'STATE', 'PROVIDER', 'SESSIONS'], ['id', 'state', 'provider', 'sessions']),
    ...slowEndpoints(items),
    section(items, 'limit', ['LIMIT', 'VALUE'], ['key', 'value']),
  ].join('\n')
}

/** Only where there are some: a table that is always empty is read by nobody. */
function slowEndpoints(items: readonly Item[]): readonly string[] {
  const slow = ofKind(items, 'slow_endpoint')
  if (slow.length === 0) return []
  const rows = slow.map((item) => [cell(item, 'endpoint'), `${Math.ceil(count(item, 'retry_in_ms') / 1_000)}s`])
  return [table([['DOES NOT ANSWER', 'TRIED AGAIN IN'], ...rows])]
}

function section(items: readonly Item[], kind: string, heading: readonly string[], names: readonly string[]): string {
  return table([heading, ...ofKind(items, kind).map((item) => names.map((name) => cell(item, name)))])
}
