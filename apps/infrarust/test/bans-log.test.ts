import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { Ban } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BanEnforcement } from '../src/parts/ban-enforcement.ts'

function banOf(value: string, type: 'ip' | 'cidr' = 'ip'): Ban {
  const target = { type, value }
  return { target, playerName: undefined, reason: 'griefing', source: 'alice', createdAt: 1, expiresAt: undefined }
}

describe('the log of bans', { timeout: 60_000 }, () => {
  // An import comes in pieces, and of each piece a hundred had a line.
  it('has a line for each ban and unban, and for an import only how many', async () => {
    const lines: { readonly msg: string; readonly banned?: number }[] = []
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const store = await openSqliteStore({ file: join(folderWith({}), 'bans.db') })
    onTestFinished(() => store.close())
    const config = { ban: { isLogged: true }, log: { addresses: 'full' } } as const
    new BanEnforcement(config, store, { cutEach: () => 0 }, logger)

    await store.add([banOf('203.0.113.7')], 'alice')
    await store.remove([banOf('203.0.113.7').target], 'alice')
    expect(lines.map(({ msg }) => msg)).toEqual([
      'banned 203.0.113.7 by alice: griefing',
      'no longer banned: 203.0.113.7 by alice: griefing',
    ])
    lines.length = 0
    await store.add(
      Array.from({ length: 5_000 }, (_, index) => banOf(`10.0.${index >> 8}.${index & 255}`)),
      'alice',
    )
    expect(lines.reduce((sum, { banned = 0 }) => sum + banned, 0)).toBe(5_000)
    expect(lines.length).toBeLessThan(20)
  })

  it('says of an address that it is something in a network where the log has no more of addresses', async () => {
    const lines: { readonly msg: string; readonly target: string }[] = []
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const store = await openSqliteStore({ file: join(folderWith({}), 'bans.db') })
    onTestFinished(() => store.close())
    const config = { ban: { isLogged: true }, log: { addresses: 'prefix' } } as const
    const enforcement = new BanEnforcement(config, store, { cutEach: () => 0 }, logger)

    await store.add([banOf('203.0.113.7'), banOf('2001:db8:1:2::3')], 'alice')
    await store.add([banOf('203.0.113.64/28', 'cidr'), banOf('198.51.0.0/16', 'cidr')], 'alice')
    enforcement.useConfig({ ...config, log: { addresses: 'full' } })
    await store.add([banOf('203.0.113.8')], 'alice')
    expect(lines.map(({ msg }) => msg).sort()).toEqual([
      'banned 198.51.0.0/16 by alice: griefing',
      'banned 203.0.113.8 by alice: griefing',
      'banned something in 2001:db8:1::/48 by alice: griefing',
      'banned something in 203.0.113.0/24 by alice: griefing',
      'banned something in 203.0.113.0/24 by alice: griefing',
    ])
    expect(lines.map(({ target }) => target).filter((target) => target === '203.0.113.0/24')).toHaveLength(2)
  })
})
