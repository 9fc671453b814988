import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PlayerListFiles } from '../src/proxy/player-list-files.ts'

const STEVE = { name: 'Steve', uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5' }

function listsIn(folder: string): { readonly lists: PlayerListFiles; readonly told: string[] } {
  const told: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void told.push(JSON.parse(line).msg) })
  const lists = new PlayerListFiles(folder, logger)
  onTestFinished(() => lists.stop())
  return { lists, told }
}

describe('the whitelist.json that a server names', () => {
  it('is followed: half of it changes nothing, and an empty list is one', async () => {
    const folder = folderWith({ 'whitelist.json': JSON.stringify([STEVE]) })
    const path = join(folder, 'whitelist.json')
    const { lists, told } = listsIn(folder)
    lists.use([{ whitelistFile: path, blacklistFile: undefined }])
    const letsIn = (name: string): boolean => lists.of(path)?.letsIn({ name, uuid: undefined, proof: 'none' }) ?? false
    const becomes = (name: string, isIn: boolean): Promise<void> =>
      expect.poll(() => letsIn(name), { timeout: 20_000 }).toBe(isIn)
    expect(told).toEqual([expect.stringMatching(/whitelist\.json: 1 player$/)])
    expect(letsIn('steve')).toBe(true)
    // A server writes it in place.
    writeFileSync(path, '[\n  {"uuid": "069a79f4-')
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toContain(':2: no JSON from here on')
    expect(told.at(-1)).toContain('the list stays as it was')
    expect(letsIn('Steve')).toBe(true)
    writeFileSync(path, JSON.stringify([{ ...STEVE, name: 'Alex' }]))
    await becomes('Alex', true)
    expect(letsIn('Steve')).toBe(false)
    expect(lists.problems).toEqual([])
    writeFileSync(path, '')
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toContain('is empty now (its 1 player stay')
    expect(letsIn('Alex')).toBe(true)
    writeFileSync(path, '[]')
    await becomes('Alex', false)
    expect(lists.problems).toEqual([])
  }, 90_000)

  it('that is missing lets nobody in, and is told for as long as that lasts', () => {
    const { lists, told } = listsIn(folderWith({}))
    lists.use([{ whitelistFile: 'none.json', blacklistFile: undefined }])
    expect(told).toEqual([expect.stringContaining('no player was read: this whitelist lets nobody in')])
    expect(lists.problems).toEqual(told)
  })
})
