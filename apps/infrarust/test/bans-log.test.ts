import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { Ban } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BanEnforcement } from '../src/parts/ban-enforcement.ts'

function banOf(value: string): Ban {
  const target = { type: 'ip', value } as const
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
    new BanEnforcement(config, store, { cut: () => 0, live: () => [] }, logger)

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
})
