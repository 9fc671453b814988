import type { BuiltInBanStore } from '@infrarust/core/ban-store'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { BAN_STORES, findBanPlace } from '../src/ban/ban-stores.ts'
import { finish } from './program.ts'

/** A store of a program beside those that there are: it keeps bans on a server of its own. */
function storeOnServer(opened: string[]): BuiltInBanStore {
  return {
    places: 'an address such as bans://10.0.0.5',
    codeFolder: import.meta.url,
    where: (written) => (written.startsWith('bans://') ? written : undefined),
    open: async (where) => {
      opened.push(where)
      throw new Error('nobody is there')
    },
  }
}

describe('the ban stores of the program', () => {
  it.each(['bans.db', '/var/lib/infrarust/bans.db', './bans.json', 'c:bans.db', 'bans:db'])(
    'have one for the path %s, relative to the data folder',
    (written) => {
      const where = written.startsWith('/') ? written : `/data/${written.replace('./', '')}`
      expect(findBanPlace(written, '/data')).toMatchObject({ where })
    },
  )
  it('have one more by one line, which opens the places that it knows and no others', async () => {
    const opened: string[] = []
    const stores = [...BAN_STORES, storeOnServer(opened)]
    const place = findBanPlace('bans://10.0.0.5', '/data', stores)
    expect(place?.where).toBe('bans://10.0.0.5')
    await expect(place?.open()).rejects.toThrow('nobody is there')
    expect(opened).toEqual(['bans://10.0.0.5'])
    expect(findBanPlace('bans.db', '/data', stores)?.where).toBe('/data/bans.db')
    expect(findBanPlace('other://10.0.0.5', '/data', stores)).toBeUndefined()
  })
  // It was taken for a path: bans were kept in a folder called `redis:`, or not at all.
  it.each(['redis://10.0.0.5', 'file:///var/lib/infrarust/bans.db', 'SQLITE://bans.db'])(
    'are not asked for %s, which the configuration refuses with what to write',
    async (file) => {
      const folder = folderWith({ 'infrarust.toml': `[ban]\nfile = "${file}"\n` })
      for (const args of [['check'], ['ban', 'list']]) {
        const { code, stdout, stderr } = await finish(args, '', { cwd: folder })
        expect(code).toBe(1)
        expect(stdout + stderr).toContain(
          `infrarust.toml:2:1: ban.file is "${file}", where no store keeps bans; write a path such as bans.db`,
        )
      }
    },
  )
})
