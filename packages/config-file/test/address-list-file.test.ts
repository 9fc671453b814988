import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type AddressListFile, followAddressList, readAddressListFile } from '../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const path = join(folder, 'blocked.txt')
let watching = new AbortController()

afterEach(() => {
  watching.abort()
  watching = new AbortController()
  rmSync(path, { force: true })
})

function follow(): AddressListFile[] {
  const seen: AddressListFile[] = []
  const { signal } = watching
  const timings = { quietMs: 10, latestMs: 50, unwatchedMs: 50 }
  followAddressList({ path, signal, timings, onRead: (file) => seen.push(file), report: () => undefined })
  return seen
}

function said(files: readonly AddressListFile[]): readonly string[] {
  return files.map((file) => {
    const texts = file.networks.map(({ address, prefix }) => `${address}/${prefix}`).join(' ')
    return file.kind === 'list' ? texts : `${file.problem.replace(`${folder}/`, '')} | ${texts}`
  })
}

describe('a file of addresses', () => {
  it('has one a line, in both families, with comments and whatever line ends', () => {
    writeFileSync(path, '\ufeff# blocked\r\n\r\n198.51.100.7\r\n 10.0.0.0/8 # ours\n2001:db8::/32\n::ffff:192.0.2.1')
    expect(said([readAddressListFile(path)])).toEqual(['198.51.100.7/32 10.0.0.0/8 2001:db8::/32 192.0.2.1/32'])
  })

  it('is told once with its first bad line and the numbers of the others', () => {
    writeFileSync(path, '192.0.2.1\n10.0.0.300\n# fine\n10.0.1.5/8\nhello\n')
    expect(said([readAddressListFile(path)])).toEqual([
      'blocked.txt:2: "10.0.0.300" is not a network: "10.0.0.300" is not an IPv4 or IPv6 address (and lines 4, 5) | 192.0.2.1/32',
    ])
  })

  it('that is no list at all is given up after twenty lines', () => {
    writeFileSync(path, 'x\n'.repeat(100_000))
    const [text = ''] = said([readAddressListFile(path)])
    expect(text).toContain('blocked.txt:1: "x" is not a network')
    expect(text).toMatch(/ 19, 20\) \| $/)
  })

  it('is followed through changes, renames, its end and its return', async () => {
    writeFileSync(path, '192.0.2.1')
    const seen = follow()
    writeFileSync(path, '192.0.2.2')
    await expect.poll(() => said(seen).at(-1)).toBe('192.0.2.2/32')
    writeFileSync(join(folder, '.new'), '192.0.2.3')
    renameSync(join(folder, '.new'), path)
    await expect.poll(() => said(seen).at(-1)).toBe('192.0.2.3/32')
    rmSync(path)
    await expect.poll(() => said(seen).at(-1)).toBe('blocked.txt: no such file | ')
    writeFileSync(path, '192.0.2.4')
    await expect.poll(() => said(seen).at(-1)).toBe('192.0.2.4/32')
    expect(said(seen)).toHaveLength(5)
  })

  it('that says the same is no news', async () => {
    writeFileSync(path, '192.0.2.1')
    const seen = follow()
    writeFileSync(path, '192.0.2.1')
    writeFileSync(join(folder, 'other.txt'), '192.0.2.9')
    writeFileSync(path, '192.0.2.2')
    await expect.poll(() => said(seen)).toEqual(['192.0.2.1/32', '192.0.2.2/32'])
  })
})
