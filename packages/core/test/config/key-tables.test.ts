import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/config/suggestion.ts'
import { type KeyTable, serverKeys } from '../../src/entries/provider.ts'
import { gatewayKeys } from '../../src/index.ts'

const TABLES: readonly [name: string, table: KeyTable<unknown>][] = [
  ['infrarust.toml', gatewayKeys()],
  ['servers/*.toml', serverKeys],
]

describe.each(TABLES)('the key table of %s', (_name, outermost) => {
  const visit = (table: KeyTable<unknown>, look: (table: KeyTable<unknown>) => void): void => {
    look(table)
    for (const [, row] of table.rows) if (row.kind !== 'key') visit(row.table, look)
  }
  it('has defaults and examples that it accepts itself', () => {
    visit(outermost, ({ rows }) => {
      for (const [, row] of rows) {
        if (row.kind !== 'key') continue
        expect(row.type.read(row.example), row.name).toMatchObject({ kind: 'value' })
        if (row.default !== undefined) expect(row.type.read(row.default), row.name).toMatchObject({ kind: 'value' })
        else expect(row.absent, `${row.name} says what its absence means`).toBeDefined()
      }
    })
  })
  it('names each key once, and none that is also refused or without effect', () => {
    visit(outermost, ({ rows, elsewhere, withoutEffect }) => {
      const names = rows.map(([, row]) => row.name)
      const all = [...names, ...Object.keys(elsewhere), ...Object.keys(withoutEffect)]
      expect(new Set(all).size).toBe(all.length)
    })
  })
  it('describes each key in a sentence', () => {
    visit(outermost, ({ rows }) => {
      for (const [, row] of rows) expect(row.description).toMatch(/^[A-Z`].*\.$/)
    })
  })
})

describe('did you mean', () => {
  const known = ['send_proxy_protocol', 'domains', 'addresses', 'proxy_mode', 'id']
  it.each([
    ['send_proxy_protcol', 'send_proxy_protocol'],
    ['sendproxyprotocol', 'send_proxy_protocol'],
    ['Domains', 'domains'],
    ['domian', 'domains'],
    ['adresses', 'addresses'],
    ['proxy-mode', 'proxy_mode'],
    ['di', 'id'],
    ['whitelist', undefined],
    ['x', undefined],
  ])('%s → %s', (written, meant) => expect(nearest(written, known)).toBe(meant))
  it('costs nothing for a key of a megabyte', () => expect(nearest('x'.repeat(1_048_576), known)).toBeUndefined())
})
