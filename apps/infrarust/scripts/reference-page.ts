import type { Key, KeyRow, KeyTable } from '@infrarust/core/provider'

const BEGIN = '<!-- keys: written by `pnpm reference` in apps/infrarust, do not edit -->'
const END = '<!-- end of keys -->'

/**
 * A page with its part between the two marks written anew.
 *
 * @param variableName the variable that gives a key, where there are variables for these keys
 */
export function withReference(
  page: string,
  table: KeyTable<unknown>,
  variableName?: (path: readonly string[]) => string,
): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new TypeError(`the page has no "${BEGIN}" before "${END}"`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${section(table, [], variableName)}\n${page.slice(end)}`
}

type VariableName = ((path: readonly string[]) => string) | undefined

function section(table: KeyTable<unknown>, path: readonly string[], variableName: VariableName): string {
  const rows = table.rows.map(([, row]) => row)
  const keys = rows.filter((row) => row.kind === 'key')
  const inner = rows.flatMap((row) => (row.kind === 'key' ? [] : [innerSection(row, path, variableName)]))
  return [keyRows(keys), withoutEffect(table), ...inner].filter((part) => part !== '').join('\n')
}

function withoutEffect({ withoutEffect }: KeyTable<unknown>): string {
  const names = Object.entries(withoutEffect).map(([name, why]) => `\`${name}\` (${why})`)
  if (names.length === 0) return ''
  return `Accepted with a warning, so that files of the Rust Infrarust load, and without effect: ${names.join(', ')}.\n`
}

function innerSection(row: Exclude<KeyRow, Key>, outer: readonly string[], variableName: VariableName): string {
  // An element of a list is a part of the names of variables, and none of what stands in a file.
  const path = [...outer, row.name, ...(row.kind === 'tables' ? ['0'] : [])]
  const name = path.filter((part) => part !== '0').join('.')
  const heading = row.kind === 'tables' ? `[[${name}]]` : `[${name}]`
  const note = row.kind === 'table' && row.isEnforced === false ? ' **Read and checked; not enforced yet.**' : ''
  const short = row.kind === 'table' && row.short !== undefined ? ` Instead of the table: ${row.short.type.name}.` : ''
  const first = row.table.rows.find(([, { kind }]) => kind === 'key')?.[1].name
  const variable = first && variableName?.([...path, first])
  const environment = variable ? ` In the environment: \`${variable}\`, and so on.` : ''
  return `### \`${heading}\`\n\n${row.description}${short}${note}${environment}\n\n${section(row.table, path, variableName)}`
}

function keyRows(keys: readonly Key[]): string {
  if (keys.length === 0) return ''
  const lines = keys.map(
    (key) => `| ${[nameOf(key), cell(key.type.name), defaultOf(key), meaningOf(key), code(key.example)].join(' | ')} |`,
  )
  return ['| Key | Value | Default | Meaning | Example |', '|---|---|---|---|---|', ...lines, ''].join('\n')
}

function nameOf(key: Key): string {
  return `\`${key.name}\``
}

function defaultOf(key: Key): string {
  return key.absent ?? code(key.default)
}

function meaningOf(key: Key): string {
  return cell(key.reload === 'live' ? key.description : `${key.description} *Takes effect after a restart.*`)
}

function code(written: unknown): string {
  return cell(`\`${JSON.stringify(written).replaceAll(',"', ', "')}\``)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
