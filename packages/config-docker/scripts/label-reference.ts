import type { Key, KeyTable } from '@infrarust/core'
import { labelKeys } from '../src/label-keys.ts'

const BEGIN = '<!-- labels: written by `pnpm reference` in packages/config-docker, do not edit -->'
const END = '<!-- end of labels -->'

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
    // Lists of tables have no labels.
    if (row.kind === 'tables') return []
    return row.kind === 'key' ? [labelRow(row, path)] : rowsOf(row.table, `${path}${row.name}.`)
  })
}

function labelRow(key: Key, path: string): string {
  const absent = ABSENT[path + key.name] ?? key.absent ?? code(key.default)
  const cells = [code(`infrarust.${path}${key.name}`), key.type.name, absent, key.description, code(key.example)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** A value as the text of a label. */
function code(written: unknown): string {
  const text = Array.isArray(written) ? written.join(', ') : String(written)
  return text === '' ? 'none' : `\`${text}\``
}
