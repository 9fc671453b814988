import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAYERS } from './layers.ts'

const SRC = resolve(import.meta.dirname, '../src')
/** The faces of the package, which no folder imports. */
const ENTRIES = ['index.ts', 'entries', 'testing']

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(SRC, file), 'utf8')))

/** Imports of other files of the package, those of types too, as paths below `src`. */
function importsOf(from: string, text: string): readonly Import[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to = '']) => ({
    from,
    to: relative(SRC, resolve(SRC, dirname(from), to)),
  }))
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? file
}

function show({ from, to }: Import): string {
  return `${from} imports ${to}`
}

describe('the folders of core', () => {
  const order = LAYERS.map(([folder]) => folder)
  const placeOf = (file: string): number => order.indexOf(folderOf(file))

  it('are those of the list', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => !ENTRIES.includes(folder)))
    expect([...order].sort()).toEqual([...folders].sort())
  })

  it('import only those that stand before them in the list', () => {
    const within = imports.filter(({ from }) => !ENTRIES.includes(folderOf(from)))
    expect(within.length).toBeGreaterThan(files.length)
    const upwards = within.filter(({ from, to }) => placeOf(to) < 0 || placeOf(to) > placeOf(from))
    expect(upwards.map(show)).toEqual([])
  })

  it('are what docs/architecture.md says of them, in this order', () => {
    const page = readFileSync(resolve(SRC, '../../../docs/architecture.md'), 'utf8')
    const [, table = ''] = /^\| folder \| what belongs in it \|\n\|---\|---\|\n((?:\|.*\n)*)/m.exec(page) ?? []
    expect(table).toBe(LAYERS.map(([folder, what]) => `| \`${folder}\` | ${what} |\n`).join(''))
  })

  it('are seen by the contract suites through the public entries alone', () => {
    const leaving = imports.filter(({ from, to }) => folderOf(from) === 'testing' && folderOf(to) !== 'testing')
    expect(leaving.length).toBeGreaterThan(0)
    expect(leaving.filter(({ to }) => !ENTRIES.includes(folderOf(to))).map(show)).toEqual([])
  })
})
