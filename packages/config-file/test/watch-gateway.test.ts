import { mkdirSync, mkdtempSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  defaultGatewayConfig,
  type GatewayChange,
  type GatewayOverrides,
  type GatewayWatch,
  loadGatewayConfig,
  watchGatewayConfig,
} from '../src/index.ts'

const root = folderWith({}, afterAll)

let path = ''
let running = new AbortController()
let changes: GatewayChange[] = []

beforeEach(() => {
  path = join(mkdtempSync(join(root, 'case-')), 'infrarust.toml')
  running = new AbortController()
  changes = []
})
afterEach(() => running.abort())

async function watchIt(overrides: GatewayOverrides = {}, quietMs = 30): Promise<GatewayWatch> {
  const loaded = await loadGatewayConfig(path, overrides)
  const started = loaded.kind === 'missing' ? defaultGatewayConfig(join(path, '..'), overrides) : loaded
  if (started.kind !== 'config') throw new Error(JSON.stringify(started))
  const watch = watchGatewayConfig({
    path,
    overrides,
    running: started,
    onChange: (change) => changes.push(change),
    report: () => {},
    signal: running.signal,
    timings: { quietMs, latestMs: quietMs * 10 },
  })
  await watch.first
  return watch
}

/** What is looked at of a picture: that it is a PNG of 64×64; and a text, to tell one from another. */
function png(text: string): Buffer {
  return Buffer.from(`\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x40\0\0\0\x40${text}`, 'latin1')
}

async function change(number: number): Promise<GatewayChange | undefined> {
  await expect.poll(() => changes.length).toBeGreaterThanOrEqual(number)
  return changes[number - 1]
}

describe('a change of infrarust.toml', () => {
  it('is in force at once, with what changed in the words of the file', async () => {
    writeFileSync(path, 'max_connections = 1000')
    await watchIt()
    writeFileSync(path, 'max_connections = 2000\nreceive_proxy_protocol = true')
    expect(await change(1)).toMatchObject({
      kind: 'reloaded',
      config: { maxConnections: 2_000, listeners: [{ proxyProtocol: { mode: 'required' } }] },
      changes: ['max_connections: 1000 → 2000', 'receive_proxy_protocol: not set → true'],
      needRestart: [],
    })
  })
  it('is in force when it was asked for, long before it would have been noticed', async () => {
    writeFileSync(path, 'max_connections = 1000')
    const watch = await watchIt({}, 600_000)
    writeFileSync(path, 'max_connections = 2000')
    await watch.readNow()
    expect(changes).toMatchObject([{ kind: 'reloaded', changes: ['max_connections: 1000 → 2000'] }])
    await watch.readNow()
    expect(changes).toHaveLength(1)
  })
  it('that needs a new socket is named and waits; the rest is in force', async () => {
    writeFileSync(path, 'bind = "127.0.0.1:1"')
    await watchIt()
    writeFileSync(path, 'bind = "127.0.0.1:2"\nmax_connections = 5')
    expect(await change(1)).toMatchObject({
      kind: 'reloaded',
      config: { maxConnections: 5, listeners: [{ port: 1 }] },
      needRestart: ['bind'],
    })
    writeFileSync(path, 'bind = "127.0.0.1:1"\nmax_connections = 5')
    expect(await change(2)).toMatchObject({ config: { listeners: [{ port: 1 }] }, needRestart: [] })
  })
  it('that is a mistake changes nothing and is told once; mending it is told, too', async () => {
    writeFileSync(path, 'max_connections = 1')
    await watchIt()
    writeFileSync(path, 'max_conections = 2')
    expect(await change(1)).toEqual({
      kind: 'refused',
      problems: [`${path}:1:1: unknown key "max_conections"; did you mean "max_connections"?`],
    })
    writeFileSync(path, 'max_connections = 1')
    expect(await change(2)).toMatchObject({ kind: 'reloaded', config: { maxConnections: 1 }, changes: [] })
    writeFileSync(path, 'max_connections = 2')
    expect(await change(3)).toMatchObject({ kind: 'reloaded', config: { maxConnections: 2 } })
    expect(changes).toHaveLength(3)
  })
  it('is seen through a rename, a swapped link, and after the file was gone', async () => {
    writeFileSync(path, 'max_connections = 1')
    await watchIt()
    writeFileSync(`${path}.new`, 'max_connections = 2')
    renameSync(`${path}.new`, path)
    expect(await change(1)).toMatchObject({ config: { maxConnections: 2 } })
    unlinkSync(path)
    expect(await change(2)).toEqual({ kind: 'refused', problems: [`${path}: the file is gone`] })
    mkdirSync(join(path, '../mounted'))
    writeFileSync(join(path, '../mounted/config'), 'max_connections = 3')
    symlinkSync('mounted/config', path)
    expect(await change(3)).toMatchObject({ config: { maxConnections: 3 } })
    writeFileSync(join(path, '../mounted/config'), 'max_connections = 4')
    expect(await change(4)).toMatchObject({ config: { maxConnections: 4 } })
  })
  it('is seen where there was no file at the start', async () => {
    await watchIt()
    writeFileSync(path, 'max_connections = 7')
    expect(await change(1)).toMatchObject({ kind: 'reloaded', config: { maxConnections: 7 } })
  })
  it('warns of what does nothing, once for each key', async () => {
    writeFileSync(path, 'worker_threads = 1')
    await watchIt()
    writeFileSync(path, 'max_connections = 5\nworker_threads = 2\nso_reuseport = false')
    expect(await change(1)).toMatchObject({
      kind: 'reloaded',
      warnings: [expect.stringMatching(/:3:1: so_reuseport has no effect here: /)],
    })
  })
  it('does not undo the command line', async () => {
    writeFileSync(path, 'bind = "127.0.0.1:1"')
    await watchIt({ bind: '127.0.0.1:9' })
    writeFileSync(path, 'bind = "127.0.0.1:2"\nmax_connections = 5')
    expect(await change(1)).toMatchObject({
      config: { maxConnections: 5, listeners: [{ port: 9 }] },
      changes: ['max_connections: not set → 5'],
      needRestart: [],
    })
  })
  it('of comments alone says nothing', async () => {
    writeFileSync(path, 'max_connections = 1')
    await watchIt()
    writeFileSync(path, '# a comment\nmax_connections = 1')
    writeFileSync(join(path, '../other.toml'), 'x')
    writeFileSync(path, '# a comment\nmax_connections = 2')
    expect(await change(1)).toMatchObject({ changes: ['max_connections: 1 → 2'] })
    expect(changes).toHaveLength(1)
  })

  // The defaults came into force: the filters were lifted by a full disk, or by an editor that had truncated the file.
  it.each(['', ' \n\t\r\n', '# nothing\n', '\ufeff'])(
    'that leaves nothing in it (%j) changes nothing',
    async (nothing) => {
      writeFileSync(path, '[ip_filter]\nblacklist = ["192.0.2.1"]')
      const watch = await watchIt()
      writeFileSync(path, nothing)
      expect(await change(1)).toEqual({
        kind: 'refused',
        problems: [`${path}: the file is empty; if that is meant, restart`],
      })
      await watch.readNow()
      expect(changes).toHaveLength(1)
      writeFileSync(path, '[ip_filter]\nblacklist = ["192.0.2.2"]')
      expect(await change(2)).toMatchObject({
        kind: 'reloaded',
        config: { ipFilter: { blacklist: [{ address: '192.0.2.2' }] } },
      })
    },
  )
  it('may leave nothing in it where nothing was in it at the start', async () => {
    writeFileSync(path, '# to be filled')
    const watch = await watchIt({ bind: '127.0.0.1:1' })
    writeFileSync(path, '')
    await watch.readNow()
    expect(changes).toEqual([])
    writeFileSync(path, 'max_connections = 1')
    expect(await change(1)).toMatchObject({ kind: 'reloaded' })
    writeFileSync(path, '')
    expect(await change(2)).toMatchObject({ kind: 'refused' })
  })

  // Only a new name was noticed.
  it('may be another picture in a file that it names', async () => {
    const picture = join(path, '..', 'icon.png')
    writeFileSync(picture, png('one'))
    writeFileSync(path, 'max_connections = 1')
    await watchIt()
    writeFileSync(path, '[default_motd.offline]\nfavicon = "icon.png"')
    expect(await change(1)).toMatchObject({ kind: 'reloaded' })
    for (const [count, content] of [
      [2, 'two'],
      [3, 'three'],
    ] as const) {
      writeFileSync(`${picture}.new`, png(content))
      renameSync(`${picture}.new`, picture)
      expect(await change(count)).toMatchObject({
        kind: 'reloaded',
        config: { defaultMotd: { offline: { favicon: `data:image/png;base64,${png(content).toString('base64')}` } } },
        changes: ['default_motd: another picture in the same file'],
      })
    }
    writeFileSync(picture, 'no picture')
    expect(await change(4)).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('is no PNG')] })
    writeFileSync(picture, png('three'))
    expect(await change(5)).toMatchObject({ kind: 'reloaded', changes: [] })
  })
})
