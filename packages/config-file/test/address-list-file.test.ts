import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type AddressListFile, followAddressList, readAddressListFile } from '../src/index.ts'

const folder = folderWith({}, afterAll)
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

  it('is told once with its first bad line and the numbers of the others, and without a word of them', () => {
    writeFileSync(path, '192.0.2.1\n10.0.0.300\n# fine\nAKIASECRET\n192.0.2.2')
    expect(said([readAddressListFile(path)])).toEqual([
      'blocked.txt:2: not an address or network (and line 4) | 192.0.2.1/32 192.0.2.2/32',
    ])
  })

  // Reading ended with the twentieth bad line, and the message said that the other lines count.
  it('is read to its end, however many lines are bad', () => {
    writeFileSync(path, `${'x\n'.repeat(100_000)}192.0.2.1`)
    expect(said([readAddressListFile(path)])).toEqual([
      'blocked.txt:1: not an address or network (and lines 2, 3, 4, 5 and 99995 more) | 192.0.2.1/32',
    ])
  })

  it('may have bits behind a prefix: the network around it is taken, with a warning', () => {
    writeFileSync(path, '192.0.2.1\n203.0.113.5/24\n2001:db8::1/64')
    expect(readAddressListFile(path)).toMatchObject({
      kind: 'list',
      networks: [{ prefix: 32 }, { address: '203.0.113.0', prefix: 24 }, { address: '2001:db8::', prefix: 64 }],
      warning: expect.stringMatching(
        /blocked\.txt:2: bits behind the prefix \(and line 3\): the network around it is taken$/,
      ),
    })
  })

  it('is no pipe, and no text in UTF-16', () => {
    writeFileSync(path, Buffer.from('\ufeff192.0.2.1', 'utf16le'))
    expect(said([readAddressListFile(path)])).toEqual(['blocked.txt: is UTF-16; save it as UTF-8 | '])
    rmSync(path)
    execFileSync('mkfifo', [path])
    expect(said([readAddressListFile(path)])).toEqual(['blocked.txt: is no regular file | '])
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
