import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { expect, it } from 'vitest'
import { sqlite } from '../src/index.ts'
import { ban } from './fixtures.ts'

it('is listed by a program as the store for whatever is a path', async () => {
  const folder = folderWith()
  const where = sqlite.where('bans.db', folder)
  expect(where).toBe(join(folder, 'bans.db'))
  expect(sqlite.where('redis://10.0.0.5', folder)).toBeUndefined()
  const store = await sqlite.open(where ?? '', {})
  await store.add([ban('203.0.113.7')], 'admin')
  await store.close()
  const again = await sqlite.open(sqlite.where(join(folder, 'bans.db'), '/elsewhere') ?? '', {})
  expect(again.bans.isEmpty).toBe(false)
  await again.close()
})
