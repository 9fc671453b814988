import { mkdirSync, mkdtempSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emission } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileProvider, type GatewayChange, loadGatewayConfig, watchGatewayConfig } from '../../src/index.ts'

const root = folderWith({}, afterAll)
const TIMINGS = { quietMs: 30, latestMs: 300 }

let folder = ''
let path = ''
let running = new AbortController()

beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
  path = join(folder, 'infrarust.toml')
  running = new AbortController()
})
afterEach(() => running.abort())

describe('a file that infrarust.toml takes a text from', () => {
  let changes: GatewayChange[] = []
  beforeEach(() => {
    changes = []
  })

  async function watchIt(environment = {}): Promise<void> {
    const loaded = await loadGatewayConfig(path, { environment })
    if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded))
    await watchGatewayConfig({
      path,
      overrides: { environment },
      running: loaded,
      onChange: (change) => changes.push(change),
      report: () => {},
      signal: running.signal,
      timings: TIMINGS,
    }).first
  }
  async function change(number: number): Promise<GatewayChange | undefined> {
    await expect.poll(() => changes.length).toBeGreaterThanOrEqual(number)
    return changes[number - 1]
  }

  it('is followed: a change of it is in force at once, and is not shown', async () => {
    mkdirSync(join(folder, 'secrets'))
    writeFileSync(join(folder, 'secrets/most'), '1000\n')
    writeFileSync(path, `max_connections = "\${file:secrets/most}"\n`)
    await watchIt()
    writeFileSync(join(folder, 'secrets/most'), '2000\n')
    expect(await change(1)).toMatchObject({
      kind: 'reloaded',
      config: { maxConnections: 2_000 },
      changes: ['max_connections: changed'],
    })
    // Written down now: what it was before stays untold.
    writeFileSync(path, 'max_connections = 3000\n')
    expect(await change(2)).toMatchObject({ config: { maxConnections: 3_000 }, changes: ['max_connections: changed'] })
  })
  it('may be one that Kubernetes swaps, as in a mounted secret', async () => {
    for (const [version, most] of [
      ['v1', '1'],
      ['v2', '2'],
    ] as const) {
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'most'), most)
    }
    symlinkSync('v1', join(folder, '..data'))
    symlinkSync('..data/most', join(folder, 'most'))
    writeFileSync(path, `max_connections = "\${file:most}"\n`)
    await watchIt()
    symlinkSync('v2', join(folder, '..new'))
    renameSync(join(folder, '..new'), join(folder, '..data'))
    expect(await change(1)).toMatchObject({ kind: 'reloaded', config: { maxConnections: 2 } })
  })
  it('that goes away changes nothing and is told; once it is back it counts', async () => {
    writeFileSync(join(folder, 'most'), '1')
    writeFileSync(path, `max_connections = "\${file:most}"\n`)
    await watchIt()
    unlinkSync(join(folder, 'most'))
    expect(await change(1)).toEqual({
      kind: 'refused',
      problems: [`${path}:1:1: max_connections names the file ${join(folder, 'most')}, which is not there`],
    })
    writeFileSync(join(folder, 'most'), '2')
    expect(await change(2)).toMatchObject({ kind: 'reloaded', config: { maxConnections: 2 } })
  })
  it('is followed from when it is named for the first time', async () => {
    writeFileSync(join(folder, 'most'), '2')
    writeFileSync(path, 'max_connections = 1\n')
    await watchIt()
    writeFileSync(path, `max_connections = "\${file:most}"\n`)
    expect(await change(1)).toMatchObject({ config: { maxConnections: 2 } })
    writeFileSync(join(folder, 'most'), '3')
    expect(await change(2)).toMatchObject({ config: { maxConnections: 3 } })
  })
  // The environment of a process is that of its start; a reload that forgot it would open a port to everybody.
  it('undoes nothing of what the environment said at the start', async () => {
    writeFileSync(path, 'max_connections = 1\n')
    await watchIt({ INFRARUST_MAX_CONNECTIONS: '7', TRUSTED: '10.0.0.0/8', INFRARUST_BNID: 'x' })
    writeFileSync(path, `max_connections = 2\nproxy_protocol.trusted = "\${TRUSTED}"\n`)
    expect(await change(1)).toMatchObject({
      config: { maxConnections: 7, listeners: [{ proxyProtocol: { trusted: [{ address: '10.0.0.0' }] } }] },
      changes: ['proxy_protocol.trusted: not set → ["10.0.0.0/8"]'],
      warnings: [],
    })
  })
})

describe('a file that a server file takes a text from', () => {
  let emissions: Emission[] = []
  beforeEach(() => {
    emissions = []
    mkdirSync(join(folder, 'servers'))
  })

  async function start(environment = {}): Promise<void> {
    const provider = fileProvider({ directory: join(folder, 'servers'), timings: TIMINGS, environment })
    await provider.start((emission) => emissions.push(emission), running.signal)
  }
  function last() {
    const emission = emissions.at(-1)
    return emission !== undefined && 'servers' in emission ? emission.servers[0] : undefined
  }

  it('is read beside it, and followed', async () => {
    writeFileSync(join(folder, 'servers/address'), '10.0.0.1:25565\n')
    writeFileSync(
      join(folder, 'servers/a.toml'),
      `domains = ["\${NAME}.example.com"]\naddresses = ["\${file:address}"]\n`,
    )
    await start({ NAME: 'a' })
    expect(last()).toMatchObject({
      values: { domains: ['a.example.com'], addresses: ['10.0.0.1:25565'] },
      withheld: [['addresses', '0']],
    })
    writeFileSync(join(folder, 'servers/address'), '10.0.0.2:25565\n')
    await expect.poll(() => last()?.values.addresses).toEqual(['10.0.0.2:25565'])
  })
  it('that is not there is a mistake of that server, with key and file, until it is there', async () => {
    writeFileSync(join(folder, 'servers/a.toml'), `domains = ["a.example.com"]\naddresses = ["\${file:address}"]\n`)
    await start()
    const missing = join(folder, 'servers/address')
    expect(last()).toMatchObject({
      values: { domains: ['a.example.com'] },
      problems: [`${join(folder, 'servers/a.toml')}:2:1: addresses[0] names the file ${missing}, which is not there`],
    })
    writeFileSync(missing, '10.0.0.3')
    await expect.poll(() => last()?.values.addresses).toEqual(['10.0.0.3'])
    expect(last()?.problems).toBeUndefined()
  })
})
