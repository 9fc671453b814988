import { gatewayKeys } from '@infrarust/core'
import type { Key, KeyTable } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROVIDERS } from '../src/built-in-providers.ts'
import { PROGRAM_KEYS } from '../src/program-keys.ts'

function keysOf(table: KeyTable<unknown>): readonly Key[] {
  return table.rows.flatMap(([, row]) => (row.kind === 'key' ? [row] : keysOf(row.table)))
}

describe('the built-in providers', () => {
  it('have tables of their own beside those of the gateway', () => {
    const { rows, elsewhere, withoutEffect } = gatewayKeys(PROGRAM_KEYS)
    const names = [...rows.map(([, row]) => row.name), ...Object.keys(elsewhere), ...Object.keys(withoutEffect)]
    expect(names).toEqual(expect.arrayContaining(BUILT_IN_PROVIDERS.map(({ name }) => name)))
    expect(new Set(names).size).toBe(names.length)
  })

  describe.each(BUILT_IN_PROVIDERS)('$name', ({ row }) => {
    it.each(keysOf(row.table).map((key) => [key.name, key] as const))(
      'has an example and a default of %s',
      (_, key) => {
        expect(key.type.read(key.example)).toMatchObject({ kind: 'value' })
        if (key.default === undefined) expect(key.absent).toBeDefined()
        else expect(key.type.read(key.default)).toMatchObject({ kind: 'value' })
        expect(key.description).toMatch(/^[A-Z`].*\.$/)
      },
    )
    it('takes over every key while the proxy runs', () => {
      expect(keysOf(row.table).filter(({ reload }) => reload !== 'live')).toEqual([])
    })
  })
})
