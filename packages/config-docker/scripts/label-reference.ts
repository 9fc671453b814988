import type { Key, KeyTable } from '@infrarust/core/provider'
import { labelKeys } from '../src/label-keys.ts'

const BEGIN = '<!-- labels: written by `pnpm reference` in packages/config-docker, do not edit -->'
const END = '<!-- end of labels -->'

/** What a label says where that is less than what a key of a file says. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  domains:
    'Domains that lead to this server, of those that `domains` of `[docker]` allows. `*` stands for one or more labels, `?` for one character; `*` alone needs `allow_default`.',
  addresses:
    'Where the server is if not in the container: addresses of the networks in `allow_addresses` of `[docker]`, tried in order; no names.',
  default: 'Whether domains that no server has lead here. Needs `allow_default` of `[docker]`.',
}
const FAVICON = 'PNG of 64×64 pixels as a data URI; no path.'

/** What an absent label means where it is not what an absent key of a file means. */
const ABSENT: Readonly<Record<string, string>> = {
  id: 'name of the container',
  addresses: 'the address of the container',
  domains: '`<container>.docker.local`',
}

/** The page with its table of labels written anew from the key table. */
export function withLabels(page: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new TypeError(`the page has no "${BEGIN}" before "${END}"`)
  const head = '| Label | Value | Default | Meaning | Example |\n|---|---|---|---|---|'
  return `${page.slice(0, begin + BEGIN.length)}\n\n${[head, ...rowsOf(labelKeys, '')].join('\n')}\n\n${page.slice(end)}`
}

function rowsOf(table: KeyTable<unknown>, path: string): readonly string[] {
  return table.rows.flatMap(([, row]) => {
    // Lists of tables have no labels, nor have keys that are for the operator alone.
    if (row.kind === 'tables' || (row.kind === 'key' && row.from === 'operator')) return []
    return row.kind === 'key' ? [labelRow(row, path)] : rowsOf(row.table, `${path}${row.name}.`)
  })
}

function labelRow(key: Key, path: string): string {
  const description = key.name === 'favicon' ? FAVICON : (DESCRIPTIONS[path + key.name] ?? key.description)
  const absent = ABSENT[path + key.name] ?? key.absent ?? code(key.default)
  const cells = [
    code(`infrarust.${path}${key.name}`),
    (key.typeForAnyone ?? key.type).name,
    absent,
    description,
    code(key.example),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** A value as the text of a label. */
function code(written: unknown): string {
  const text = Array.isArray(written) ? written.join(', ') : String(written)
  return text === '' ? 'none' : `\`${text}\``
}
