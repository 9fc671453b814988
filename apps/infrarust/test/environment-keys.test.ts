import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultGatewayConfig, loadGatewayConfig, variableName } from '@infrarust/config-file'
import { gatewayKeys } from '@infrarust/core'
import type { Key, KeyRow, KeyTable } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { tomlText } from '../src/check/toml-text.ts'
import { PROGRAM_KEYS } from '../src/program-keys.ts'

const folder = folderWith({}, afterAll)
const path = join(folder, 'infrarust.toml')

interface Case {
  readonly path: readonly string[]
  readonly key: Key
}

function cases(table: KeyTable<unknown>, before: readonly string[] = []): readonly Case[] {
  return table.rows.flatMap(([, row]: readonly [string, KeyRow]): readonly Case[] => {
    const here = [...before, row.name]
    if (row.kind === 'key') return [{ path: here, key: row }]
    return cases(row.table, row.kind === 'tables' ? [...here, '0'] : here)
  })
}

const ALL = cases(gatewayKeys(PROGRAM_KEYS))

/** What must stand beside a key of an element for it to make sense. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listener: { bind: '127.0.0.1:1' },
  provider: { use: './x.mjs' },
  webhook: { url: 'https://example.com/other' },
}

/** A file with this key alone, and what belongs beside it. */
function fileOf(path: readonly string[], value: unknown): string {
  const written = path.reduceRight<unknown>((inner, part) => (/^\d+$/.test(part) ? [inner] : { [part]: inner }), value)
  const [name = ''] = path
  const inner = typeof written === 'object' && written !== null ? new Map(Object.entries(written)).get(name) : undefined
  return `${name} = ${tomlText(inner)}\n`
}

/** What both say alike or refuse alike, the places of it aside. */
function essence(loaded: Awaited<ReturnType<typeof loadGatewayConfig>>): unknown {
  if (loaded.kind === 'config')
    return JSON.parse(JSON.stringify([loaded.config, loaded.warnings.map(({ key }) => key)]))
  return loaded.kind === 'problems' ? loaded.problems.map((line) => line.slice(line.indexOf(': '))) : loaded.kind
}

/** How a value may be spelt in the environment. An item with a comma in it needs the brackets. */
function spellings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value, tomlText(value)]
  const isPlainList = Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes(','))
  return [tomlText(value), ...(isPlainList ? [value.join(', ')] : [])]
}

describe('each key of the tables', () => {
  it('has a variable of its own', () => {
    const names = ALL.map((each) => variableName(each.path))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^INFRARUST_[A-Z][A-Z0-9]*(_{1,2}[A-Z0-9]+)*$/)
  })
  it.each(ALL.map(({ path, key }) => [path.join('.'), path, key] as const))(
    'is given by the environment as the file would give it: %s',
    async (_, keyPath, key) => {
      for (const value of [key.example, key.default]) {
        if (value === undefined) continue
        for (const text of spellings(value)) {
          if (text === '') continue
          const [outermost = ''] = keyPath
          const isElement = keyPath[1] === '0'
          writeFileSync(path, isElement ? `${outermost} = ${tomlText([BESIDE[outermost]])}\n` : '')
          const byEnvironment = await loadGatewayConfig(
            path,
            { environment: { [variableName(keyPath)]: text } },
            PROGRAM_KEYS,
          )
          writeFileSync(path, isElement ? withElement(keyPath, value) : fileOf(keyPath, value))
          const byFile = await loadGatewayConfig(path, {}, PROGRAM_KEYS)
          expect(essence(byEnvironment), text).toEqual(essence(byFile))
          if (byEnvironment.kind === 'config')
            expect(byEnvironment.originOf(keyPath)).toEqual({ kind: 'environment', place: variableName(keyPath) })
        }
      }
    },
  )
  it('is given by a reference of the same text, too', async () => {
    for (const { path: keyPath, key } of ALL) {
      const { example } = key
      const isPlain = ['string', 'number', 'boolean'].includes(typeof example)
      if (!isPlain || keyPath[1] === '0') continue
      writeFileSync(path, fileOf(keyPath, `\${VALUE}`))
      const byReference = await loadGatewayConfig(path, { environment: { VALUE: String(example) } }, PROGRAM_KEYS)
      writeFileSync(path, fileOf(keyPath, example))
      const byFile = await loadGatewayConfig(path, {}, PROGRAM_KEYS)
      expect(essence(byReference), keyPath.join('.')).toEqual(essence(byFile))
    }
  })
})

function withElement([outermost = '', , ...rest]: readonly string[], value: unknown): string {
  const [name = '', inner] = rest
  const set = inner === undefined ? { [name]: value } : { [name]: { [inner]: value } }
  return `${outermost} = ${tomlText([{ ...BESIDE[outermost], ...set }])}\n`
}

describe('a table that turns something on', () => {
  it.each(['true', '{}', '{ network = "minecraft" }'])(
    'does so by a variable of its own: INFRARUST_DOCKER=%s',
    (text) => {
      const loaded = defaultGatewayConfig(folder, { environment: { INFRARUST_DOCKER: text } }, PROGRAM_KEYS)
      expect(loaded).toMatchObject({ kind: 'config', config: { builtInProviders: [{ name: 'docker' }] } })
    },
  )
  it('does so by any of its keys', () => {
    const environment = { INFRARUST_DOCKER__ENDPOINT: 'tcp://engine:2375' }
    const loaded = defaultGatewayConfig(folder, { environment }, PROGRAM_KEYS)
    expect(loaded).toMatchObject({ kind: 'config', config: { builtInProviders: [{ name: 'docker' }] } })
  })
  it('is told what to write where it is given something else', () => {
    const loaded = defaultGatewayConfig(folder, { environment: { INFRARUST_DOCKER: 'false' } }, PROGRAM_KEYS)
    expect(loaded).toMatchObject({
      kind: 'problems',
      problems: [
        expect.stringMatching(
          /^INFRARUST_DOCKER: is a table .*; write true to turn it on; its keys are INFRARUST_DOCKER__/,
        ),
      ],
    })
  })
})
