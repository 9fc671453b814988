import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arch } from 'node:process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nativeTransport } from '../src/index.ts'
import { findNative } from '../src/load-native.ts'
import { whereNative } from './where-native.ts'

const run = promisify(execFile)
const build = join(import.meta.dirname, '../native/build.mjs')

describe('the native transport', () => {
  let packageDir: string
  beforeEach(() => {
    packageDir = mkdtempSync(join(tmpdir(), 'native-'))
  })
  afterEach(() => rmSync(packageDir, { recursive: true }))

  it('says so where there is no build for the platform', () => {
    expect(findNative(packageDir, 'linux')).toEqual({
      kind: 'unavailable',
      reason: expect.stringContaining(`no build for linux-${arch}`),
    })
  })

  it('says so on another platform', () => {
    expect(findNative(packageDir, 'darwin')).toEqual({
      kind: 'unavailable',
      reason: 'it is for Linux, this is darwin',
    })
  })

  it('says why a build does not load', () => {
    const dir = join(packageDir, 'prebuilds', `linux-${arch}`)
    mkdirSync(dir, { recursive: true })
    for (const libc of ['glibc', 'musl']) writeFileSync(join(dir, `node.napi.${libc}.node`), 'no object file')
    expect(findNative(packageDir, 'linux')).toEqual({
      kind: 'unavailable',
      reason: expect.stringMatching(/file too short|invalid ELF header/),
    })
  })
})

describe('the build', () => {
  it('succeeds with one line where there is no compiler', async () => {
    const { stdout } = await run(process.execPath, [build], { env: { PATH: '/nowhere' } })
    expect(stdout).toBe('native transport: not built, no C++ compiler found (c++, g++ or clang++)\n')
  })
})

whereNative(() => {
  describe('a native transport', () => {
    it('refuses a number of threads that cannot be', () => {
      const keepAlive = { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 }
      const options = { handler: { input: () => undefined }, notice: () => {}, keepAlive }
      for (const threads of [0, 65, 1.5, Number.NaN])
        expect(() => nativeTransport({ ...options, threads })).toThrow(/threads/)
    })

    it('compiles nothing when nothing has changed', async () => {
      expect((await run(process.execPath, [build])).stdout).toBe('native transport: up to date\n')
    })
  })
})
