import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { poll } from '@infrarust/test-kit'
import { IS_LONG } from '@infrarust/test-kit/suite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MOST_PIPES } from '../src/boundary.ts'
import { Bulk } from './bulk.ts'
import { whereNative } from './where-native.ts'

const GIB = 2 ** 30

/** What `children/bulk.ts` prints. */
interface Played {
  readonly wrong: readonly string[]
  readonly pipes: number
}

whereNative(() => {
  describe('bulk by way of pipes', () => {
    it('is the same at both ends for more sessions at once than there are pipes, and takes no more of them', {
      timeout: 120_000,
    }, async () => {
      const bulk = new Bulk()
      await bulk.start()
      const before = pipes()
      let most = 0
      const looking = setInterval(() => {
        most = Math.max(most, pipes() - before)
      }, 5)
      const sessions = Array.from({ length: 70 }, (_, name) => bulk.play({ name, bytes: 3 << 20 }))
      await Promise.all(sessions)
      clearInterval(looking)
      expect(bulk.wrong).toEqual([])
      expect(most).toBeGreaterThan(0)
      expect(most).toBeLessThanOrEqual(2 * MOST_PIPES)
      await bulk.close()
      await poll('the pipes to be closed with their threads', () => pipes() <= before || undefined)
    })

    // One that stands still with bytes in its pipe keeps it: all pipes may be gone that way.
    it('is copied while readers who stand still have all pipes', { timeout: 120_000 }, async () => {
      const bulk = new Bulk()
      await bulk.start()
      const goOn = Promise.withResolvers<void>()
      const before = pipes()
      const standing = Array.from({ length: MOST_PIPES + 6 }, (_, name) =>
        bulk.play({ name, bytes: 12 << 20, atFirst: () => goOn.promise }),
      )
      await poll('pipes to be in use', () => pipes() - before >= MOST_PIPES || undefined)
      await bulk.play({ name: 1000, bytes: 8 << 20 })
      expect(bulk.wrong).toEqual([])
      goOn.resolve()
      await Promise.all(standing)
      expect(bulk.wrong).toEqual([])
      await bulk.close()
    })

    it('is the same at both ends while sessions come and go', { timeout: 1_200_000 }, async () => {
      const bulk = new Bulk()
      await bulk.start()
      const startedAt = performance.now()
      const main = bulk.play({ name: 0, bytes: IS_LONG ? GIB : 64 << 20 })
      let isOver = false
      let name = 0
      let others = 0
      const comingAndGoing = async () => {
        while (!isOver) {
          const mine = ++name
          const bytes = (mine % 7) * 700_001
          await bulk.play({ name: mine, bytes, ...(mine % 2 === 0 && bytes > 0 && { cutAtBytes: bytes / 3 }) })
          others++
        }
      }
      const all = [comingAndGoing(), comingAndGoing(), comingAndGoing()]
      await main
      isOver = true
      await Promise.all(all)
      const seconds = (performance.now() - startedAt) / 1000
      console.info(`${IS_LONG ? '1 GiB' : '64 MiB'} each way in ${seconds.toFixed(1)} s, ${others} other sessions`)
      expect(bulk.wrong).toEqual([])
      expect(others).toBeGreaterThan(3)
      await bulk.close()
    })
  })

  describe('bulk where the kernel does not play along', () => {
    let folder = ''
    let shim = ''
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'splice-'))
      shim = join(folder, 'shim.so')
      const source = join(import.meta.dirname, 'children/no-splice.c')
      const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0) ?? 'cc'
      execFileSync(compiler, ['-shared', '-fPIC', '-O1', '-o', shim, source])
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    const play = (env: Readonly<Record<string, string>>, openFiles = 4096): Played => {
      const script = join(import.meta.dirname, 'children/bulk.ts')
      // The hard limit too: Node raises the other one to it.
      const child = spawnSync('sh', ['-c', `ulimit -n ${openFiles}; exec "${process.execPath}" "${script}"`], {
        encoding: 'utf8',
        env: { ...process.env, ...env, LD_PRELOAD: shim },
      })
      expect(child.stderr).toBe('')
      const played: Played = JSON.parse(child.stdout)
      return played
    }

    it('goes by way of pipes where it does', { timeout: 60_000 }, () => {
      const { wrong, pipes: count } = play({})
      expect(wrong).toEqual([])
      expect(count).toBeGreaterThan(0)
    })
    // The call that fails is the first one into a pipe, or the first one out of it, when bytes are in it.
    it.each([
      ['EINVAL', 0],
      ['EINVAL', 1],
      ['ENOSYS', 0],
      ['ENOSYS', 1],
      ['EPERM', 0],
      ['EPERM', 5],
    ])('is copied, and loses nothing, where splice says %s after %i calls', { timeout: 60_000 }, (error, calls) => {
      expect(play({ SPLICE_ERROR: error, SPLICE_CALLS: String(calls) })).toEqual({ wrong: [], pipes: 0 })
    })
    // Two for a pipe, of the tenth that is not for sessions, less the 48 of the program itself.
    it.each([
      [400, 0],
      [600, 12],
    ])(
      'takes no descriptor from sessions: of a limit of %i open files at most %i',
      { timeout: 60_000 },
      (limit, most) => {
        const { wrong, pipes: count } = play({}, limit)
        expect(wrong).toEqual([])
        expect(count).toBeLessThanOrEqual(most)
        expect(count > 0).toBe(most > 0)
      },
    )
    it('is copied where the pipes that are given are small', { timeout: 60_000 }, () => {
      expect(play({ SMALL_PIPES: '1' })).toEqual({ wrong: [], pipes: 0 })
    })
  })
})

/** Ends of pipes that this process has open. */
function pipes(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:')
    } catch {
      // The one that the list itself was read through.
      return false
    }
  }).length
}
