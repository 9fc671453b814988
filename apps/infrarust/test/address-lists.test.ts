import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IpFilterConfig } from '@infrarust/core'
import { folderWith } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AddressLists } from '../src/proxy/address-lists.ts'

const NOTHING: IpFilterConfig = { whitelist: [], blacklist: [], whitelistFile: undefined, blacklistFile: undefined }

function listsIn(folder: string): { readonly lists: AddressLists; readonly told: string[] } {
  const told: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => void told.push(JSON.parse(line).msg) })
  const lists = new AddressLists(folder, logger)
  onTestFinished(() => lists.stop())
  return { lists, told }
}

describe('lists that filters name', () => {
  it('are in force from the moment they are named: a label’s begin at the folder of infrarust.toml', () => {
    const folder = folderWith({ 'blocked.txt': '192.0.2.1', 'lists/friends.txt': '192.0.2.2' })
    const { lists } = listsIn(folder)
    lists.use([{ ...NOTHING, blacklistFile: 'blocked.txt', whitelistFile: join(folder, 'lists/friends.txt') }])
    expect(lists.has('blocked.txt', '192.0.2.1')).toBe(true)
    expect(lists.has('blocked.txt', '192.0.2.2')).toBe(false)
    expect(lists.has(join(folder, 'lists/friends.txt'), '192.0.2.2')).toBe(true)
  })

  it('are read once however many name them, and let go of with the last', () => {
    const { lists, told } = listsIn(folderWith({ 'blocked.txt': '192.0.2.1\n192.0.2.2' }))
    const filter = { ...NOTHING, blacklistFile: 'blocked.txt' }
    lists.use([filter, filter])
    lists.use([filter])
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('2 networks')
    lists.use([])
    expect(lists.has('blocked.txt', '192.0.2.1')).toBe(false)
  })

  it('count with their good lines until they were whole once, and stay as they were after that', async () => {
    const folder = folderWith({ 'blocked.txt': '192.0.2.1\nnobody\n' })
    const { lists, told } = listsIn(folder)
    lists.use([{ ...NOTHING, blacklistFile: 'blocked.txt' }])
    expect(lists.has('blocked.txt', '192.0.2.1')).toBe(true)
    expect(told[0]).toContain('its other lines count')
    const becomes = async (text: string, address: string): Promise<void> => {
      writeFileSync(join(folder, 'blocked.txt'), text)
      await expect.poll(() => lists.has('blocked.txt', address), { timeout: 20_000 }).toBe(true)
    }
    await becomes('192.0.2.2', '192.0.2.2')
    writeFileSync(join(folder, 'blocked.txt'), '192.0.2.3\nnobody\n')
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toContain('the list stays as it was')
    expect(lists.has('blocked.txt', '192.0.2.2')).toBe(true)
    expect(lists.has('blocked.txt', '192.0.2.3')).toBe(false)
    await becomes('192.0.2.4', '192.0.2.4')
  }, 60_000)

  it('are told loudly, and each time somebody asks, where nothing of them could be read', async () => {
    const folder = folderWith({ 'page.txt': '<html>\nnot found\n' })
    const { lists, told } = listsIn(folder)
    lists.use([{ ...NOTHING, blacklistFile: 'page.txt', whitelistFile: 'gone.txt' }])
    expect(lists.problems).toEqual([
      expect.stringMatching(/gone\.txt: no such file \(no network was read: this whitelist lets nobody in\)$/),
      expect.stringMatching(
        /page\.txt:1: not an .* \(and line 2\) \(no network was read: this blacklist keeps nobody out\)$/,
      ),
    ])
    expect(told).toEqual(lists.problems)
    writeFileSync(join(folder, 'page.txt'), '192.0.2.1')
    writeFileSync(join(folder, 'gone.txt'), '')
    await lists.readNow()
    expect(lists.problems).toEqual([])
    expect(lists.has('page.txt', '192.0.2.1')).toBe(true)
  })

  // A list that a full disk or a failed download had emptied let everybody in.
  it.each(['', '# nobody\n', '<html>\n'])(
    'keep whom they hold when a file holds nobody any more: %j',
    async (nobody) => {
      const folder = folderWith({ 'whole.txt': '192.0.2.1', 'faulty.txt': '192.0.2.1\nnobody\n' })
      const { lists } = listsIn(folder)
      lists.use([{ ...NOTHING, blacklistFile: 'whole.txt', whitelistFile: 'faulty.txt' }])
      for (const name of ['whole.txt', 'faulty.txt']) writeFileSync(join(folder, name), nobody)
      await lists.readNow()
      for (const name of ['whole.txt', 'faulty.txt']) expect(lists.has(name, '192.0.2.1')).toBe(true)
      expect(lists.problems).toHaveLength(2)
      for (const problem of lists.problems) expect(problem).toMatch(/stay/)
      writeFileSync(join(folder, 'whole.txt'), '192.0.2.2')
      await lists.readNow()
      expect([lists.has('whole.txt', '192.0.2.1'), lists.has('whole.txt', '192.0.2.2')]).toEqual([false, true])
      expect(lists.problems).toHaveLength(1)
    },
  )
})
