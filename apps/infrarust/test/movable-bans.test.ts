import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { Ban, BanChange } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MovableBans } from '../src/proxy/movable-bans.ts'

function banOf(value: string): Ban {
  const target = { type: 'username', value } as const
  return { target, playerName: undefined, reason: undefined, source: 'test', createdAt: 1, expiresAt: undefined }
}

async function stores() {
  const folder = folderWith({})
  const [first, second] = await Promise.all(
    ['first.db', 'second.db'].map((file) => openSqliteStore({ file: join(folder, file) })),
  )
  if (first === undefined || second === undefined) throw new Error('no stores')
  onTestFinished(() => Promise.all([first.close(), second.close()]).then(() => undefined))
  return { first, second }
}

describe('bans that move to another store', () => {
  it('tell what that changes, and nothing of the store that they have left', async () => {
    const { first, second } = await stores()
    await first.add([banOf('Both'), banOf('First')], 'test')
    await second.add([banOf('both'), banOf('Second')], 'test')
    await second.add([banOf('Both')], 'test')
    const bans = new MovableBans(first)
    const changes: BanChange[] = []
    bans.onChange((change) => changes.push(change))
    expect(bans.moveTo(second)).toBe(first)
    await first.add([banOf('Late')], 'test')
    expect(changes).toEqual([{ added: [banOf('Second')], removed: [banOf('First')] }])
    expect(bans.bans.forPlayer('Late', 2)).toBeUndefined()
  })

  // It was acknowledged, stood in the file that had just been left, and kept nobody out.
  it('have a ban in force that was on its way when they moved', async () => {
    const { first, second } = await stores()
    const bans = new MovableBans(first)
    const added = bans.add([banOf('Steve')], 'test')
    bans.moveTo(second)
    await added
    expect(bans.bans.forPlayer('Steve', 2)).toEqual(banOf('Steve'))
    const removed = bans.remove([banOf('Steve').target], 'test')
    bans.moveTo(first)
    await removed
    expect(bans.bans.forPlayer('Steve', 2)).toBeUndefined()
  })
})
