/**
 * Writes the table of reasons into the pages and the fail2ban filter, between their marks:
 * `node packages/core/test/record/write-reasons.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { REASON_NAMES, REPLACEABLE_REASONS, type Reason, reasonRow } from '../../src/record/reasons.ts'

const DOCS = new URL('../../../../docs/', import.meta.url)

/** Every file that lists reasons, and what it should be now. */
export function filesWithReasons(): readonly {
  readonly name: string
  readonly path: string
  readonly content: string
}[] {
  return [
    fileWith('access-log.md', marks('<!--', ' -->'), accessLogTable()),
    fileWith('messages-and-motd.md', marks('<!--', ' -->'), messagesTable()),
    fileWith('fail2ban.md', marks('<!--', ' -->'), offencesText()),
    fileWith('fail2ban/filter.d/infrarust.conf', marks('#', ''), `_refusals = ${offences().join('|')}`),
  ]
}

function accessLogTable(): string {
  const rows = REASON_NAMES.map((name) => {
    const { meaning, more } = reasonRow(name)
    return `| \`${name}\` | ${more === undefined ? meaning : `${meaning} ${more}`} |`
  })
  return ['', '| reason | what happened |', '|---|---|', ...rows, ''].join('\n')
}

function messagesTable(): string {
  const rows = REPLACEABLE_REASONS.map((name) => {
    const { told, meaning } = reasonRow(name)
    const never = told === 'nobody' ? undefined : told.neverOfServer
    return `| \`${name}\` | ${meaning} | ${never === undefined ? 'yes' : `no: ${never}`} |`
  })
  return ['', '| Reason | When | In the file of a server |', '|---|---|---|', ...rows, ''].join('\n')
}

function offencesText(): string {
  return `\nThe filter counts ${offences()
    .map((name) => `\`${name}\``)
    .join(', ')}.\n`
}

function offences(): readonly Reason[] {
  return REASON_NAMES.filter((name) => reasonRow(name).isOffence)
}

interface Marks {
  readonly begin: string
  readonly end: string
}

function marks(before: string, behind: string): Marks {
  return { begin: `${before} reasons: written by write-reasons.ts${behind}`, end: `${before} /reasons${behind}` }
}

function fileWith(
  name: string,
  { begin, end }: Marks,
  reasons: string,
): { readonly name: string; readonly path: string; readonly content: string } {
  const path = fileURLToPath(new URL(name, DOCS))
  const text = readFileSync(path, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/${name} has lost the marks around its reasons`)
  return { name, path, content: `${text.slice(0, from + begin.length)}\n${reasons}\n${text.slice(to)}` }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const { path, content } of filesWithReasons()) writeFileSync(path, content)
