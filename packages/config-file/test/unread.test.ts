import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emission } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fileProvider, followAddressList, loadGatewayConfig, watchGatewayConfig } from '../src/index.ts'

const system = vi.hoisted(() => ({ isOutOfDescriptors: false }))

const refusing = vi.hoisted(
  () =>
    <Arguments extends readonly unknown[], Result>(read: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      if (system.isOutOfDescriptors) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
      return read(...args)
    },
)

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>()
  return { ...fs, open: async (path: string, flags: number) => refusing(() => fs.open(path, flags))() }
})
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  return { ...fs, openSync: refusing((path: string, flags: number) => fs.openSync(path, flags)) }
})

const timings = { quietMs: 5, latestMs: 50, unwatchedMs: 20 }

// A flood takes every descriptor: what was left out then stayed out until somebody touched its file.
describe('a file that the system cannot read just now is read again', () => {
  let folder: string
  let signal: AbortSignal
  beforeEach(() => {
    folder = folderWith()
    const running = new AbortController()
    signal = running.signal
    onTestFinished(() => running.abort())
    system.isOutOfDescriptors = true
  })

  it('where it is a server file', async () => {
    const servers = join(folder, 'servers')
    mkdirSync(servers)
    writeFileSync(join(servers, 'a.toml'), 'domains = ["a.example.com"]\naddresses = ["127.0.0.1"]')
    const emissions: Emission[] = []
    await fileProvider({ directory: servers, timings }).start((emission) => emissions.push(emission), signal)
    expect(emissions).toMatchObject([{ servers: [{ problems: [expect.stringContaining('EMFILE')] }] }])
    system.isOutOfDescriptors = false
    await expect.poll(() => emissions.at(-1)).toMatchObject({ servers: [{ values: { domains: ['a.example.com'] } }] })
  })
  it('where it is infrarust.toml', async () => {
    const path = join(folder, 'infrarust.toml')
    system.isOutOfDescriptors = false
    writeFileSync(path, 'max_connections = 1')
    const running = await loadGatewayConfig(path)
    if (running.kind !== 'config') throw new Error('not loaded')
    writeFileSync(path, 'max_connections = 2')
    system.isOutOfDescriptors = true
    const kinds: string[] = []
    watchGatewayConfig({
      path,
      overrides: {},
      running,
      signal,
      timings,
      report: () => {},
      onChange: ({ kind }) => kinds.push(kind),
    })
    await expect.poll(() => kinds).toEqual(['refused'])
    system.isOutOfDescriptors = false
    await expect.poll(() => kinds).toEqual(['refused', 'reloaded'])
  })
  it('where it is a list of addresses', async () => {
    const path = join(folder, 'list.txt')
    writeFileSync(path, '198.51.100.0/24\n')
    const counts: number[] = []
    followAddressList({
      path,
      signal,
      timings,
      report: () => {},
      onRead: ({ networks }) => counts.push(networks.length),
    })
    expect(counts).toEqual([0])
    system.isOutOfDescriptors = false
    await expect.poll(() => counts).toEqual([0, 1])
  })
})
