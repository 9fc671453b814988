import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { type BoundedFile, readBoundedFile, readBoundedFileSync } from '../src/index.ts'

const folder = folderWith({}, afterAll)

/** Both ways of reading say the same. */
async function read(path: string, limitBytes: number): Promise<BoundedFile> {
  const file = readBoundedFileSync(path, limitBytes)
  expect(await readBoundedFile(path, limitBytes)).toEqual(file)
  return file
}

describe('a file of limited length', () => {
  it('is read up to its last byte, and refused with one byte more than the limit', async () => {
    const path = join(folder, 'a.txt')
    for (const [length, limit, kind] of [
      [0, 10, 'bytes'],
      [10, 10, 'bytes'],
      [11, 10, 'too-long'],
      [300_000, 300_000, 'bytes'],
      [300_001, 300_000, 'too-long'],
    ] as const) {
      writeFileSync(path, 'x'.repeat(length))
      const file = await read(path, limit)
      expect(file.kind).toBe(kind)
      if (file.kind === 'bytes') expect(file.bytes).toHaveLength(length)
    }
  })
  it('is found behind a link, and missing where the link leads nowhere', async () => {
    writeFileSync(join(folder, 'here'), 'text')
    symlinkSync('here', join(folder, 'link'))
    symlinkSync('nowhere', join(folder, 'dangling'))
    expect((await read(join(folder, 'link'), 10)).kind).toBe('bytes')
    expect((await read(join(folder, 'dangling'), 10)).kind).toBe('missing')
  })

  // A pipe was waited for, a device may act on being opened.
  it('is no folder, pipe, socket or device, and none of them is waited for', async () => {
    mkdirSync(join(folder, 'inner'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const server = createServer().listen(join(folder, 'socket'))
    onTestFinished(() => void server.close())
    await expect.poll(() => existsSync(join(folder, 'socket'))).toBe(true)
    for (const path of [join(folder, 'inner'), join(folder, 'pipe'), join(folder, 'socket'), '/dev/zero', '/dev/tty'])
      expect([path, (await read(path, 10)).kind]).toEqual([path, 'irregular'])
  })

  // The kernel states 0 bytes for it, and it is as long as the memory that a process could have: reading it did not end.
  it('is not believed when it states no length', async () => {
    expect((await read('/proc/self/pagemap', 1_048_575)).kind).not.toBe('bytes')
    const status = await readBoundedFile('/proc/self/status', 1_000_000)
    expect(status.kind === 'bytes' && status.bytes.length).toBeGreaterThan(100)
  })
  it('says why it cannot be read', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await read(join(folder, 'file', 'below'), 10)).toMatchObject({
      kind: 'unreadable',
      cause: { code: 'ENOTDIR' },
    })
    expect((await read(join(folder, 'a\0b'), 10)).kind).toBe('unreadable')
  })
})
