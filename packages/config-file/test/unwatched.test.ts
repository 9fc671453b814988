import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emission } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { expect, it, vi } from 'vitest'
import { fileProvider } from '../src/index.ts'

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  watch: () => {
    throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' })
  },
}))

it('reads a folder again and again where the system has no watches left, and says so once', async () => {
  const folder = join(folderWith(), 'servers')
  mkdirSync(folder)
  const running = new AbortController()
  const emissions: Emission[] = []
  const provider = fileProvider({ directory: folder, timings: { quietMs: 5, latestMs: 50, unwatchedMs: 20 } })
  await provider.start((emission) => emissions.push(emission), running.signal)
  writeFileSync(join(folder, 'a.toml'), 'domains = ["a"]\naddresses = ["b"]')
  await expect.poll(() => emissions.length).toBe(2)
  running.abort()
  const [first] = emissions
  expect(first !== undefined && 'servers' in first ? first.diagnostics : undefined).toEqual([
    {
      level: 'warn',
      message: expect.stringMatching(/ cannot be watched: .*ENOSPC.*; changes are noticed within 0.02 s$/),
    },
  ])
})
