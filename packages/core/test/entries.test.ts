import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCES = join(import.meta.dirname, '..', 'src')
const ENTRIES = [
  'index',
  'entries/provider',
  'entries/policy',
  'entries/transport',
  'entries/ban-store',
  'entries/authentication',
  'entries/server-power',
  'testing/index',
]

/** Each name that an entry gives away, with the file that declares it. */
function exportsOf(entry: string): readonly { readonly name: string; readonly file: string }[] {
  const file = join(SOURCES, `${entry}.ts`)
  const found: { name: string; file: string }[] = []
  for (const [, names = '', from = ''] of readFileSync(file, 'utf8').matchAll(
    /export (?:type )?\{([^}]*)\} from '([^']+)'/g,
  ))
    for (const name of from.startsWith('.') ? names.split(',') : [])
      if (name.trim() !== '')
        found.push({
          name: name
            .trim()
            .replace(/^type /, '')
            .replace(/ as .*/, ''),
          file: join(dirname(file), from),
        })
  return found
}

function hasDocstring(file: string, name: string): boolean {
  const declaration = String.raw`(?:abstract |async )?(?:interface|type|class|function|const) ${name}\b`
  return new RegExp(String.raw`\*/\nexport ${declaration}`).test(readFileSync(file, 'utf8'))
}

describe('the entries of this package', () => {
  it.each(ENTRIES)('give away something, and say what each of it is: %s', (entry) => {
    const exported = exportsOf(entry)
    expect(exported.length).toBeGreaterThan(2)
    expect(exported.filter(({ name, file }) => !hasDocstring(file, name))).toEqual([])
  })
  it('are the ones that package.json names', () => {
    const { exports } = JSON.parse(readFileSync(join(SOURCES, '..', 'package.json'), 'utf8'))
    const named = Object.values(exports).flatMap((value) => {
      const path = typeof value === 'object' && value !== null && 'default' in value ? String(value.default) : ''
      return path === '' ? [] : [path.replace('./dist/', '').replace('.js', '')]
    })
    expect(named.sort()).toEqual([...ENTRIES].sort())
  })
})
