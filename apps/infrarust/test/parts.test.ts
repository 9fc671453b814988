import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { openSqliteStore } from '@infrarust/ban-sqlite'
import type { AccessRecord } from '@infrarust/core'
import { folderWith, loginBytes, RawBackend, until } from '@infrarust/test-kit'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from '../src/configuration.ts'
import type { Log } from '../src/log/logger.ts'
import type { Part } from '../src/parts/part.ts'
import { Parts } from '../src/parts/parts.ts'
import type { Config } from '../src/program-keys.ts'
import { type AssemblyOptions, assemble } from '../src/proxy/assembly.ts'
import { RunningProxy } from '../src/proxy/running-proxy.ts'
import { connected } from './client.ts'

const RECORD: AccessRecord = {
  ...{ client: '203.0.113.7', client_port: 54_321, peer: '10.0.0.2', peer_port: 40_112, listener: 'main' },
  ...{ proxy_version: 2, proxy_command: 'PROXY', bytes_in: 0, bytes_out: 0 },
  ...{ ms: { total: 1 }, reason: 'client_closed' },
}

const NO_CHANGE = { added: [], changed: [], removed: [] }

type Line = Readonly<Record<string, unknown>>

/** A log that hands each line over in the moment in which it is written. */
function logTo(take: (line: Line) => void): Log {
  const logger = pino({ base: null }, { write: (line: string) => take(JSON.parse(line)) })
  return { logger, outputs: [], watch: () => () => {}, use() {}, reopen() {} }
}

/** What a proxy in this folder is made of; `events` gets the lines of its log, and at last when its bans are closed. */
async function made(folder: string, events: Line[], take: (line: Line) => void = () => {}): Promise<AssemblyOptions> {
  const configuration = await readConfiguration({ config: join(folder, 'infrarust.toml'), bind: '127.0.0.1:0' })
  if (configuration.kind === 'faulty') throw new Error(configuration.problems.join('\n'))
  const store = await openSqliteStore({ file: join(folder, 'bans.db') })
  const close = store.close.bind(store)
  store.close = async () => {
    events.push({ event: 'bans closed' })
    await close()
  }
  const log = logTo((line) => {
    take(line)
    events.push(line)
  })
  return { configuration, log, bans: store, metrics: undefined, closed: () => undefined }
}

async function running(folder: string, events: Line[]): Promise<RunningProxy> {
  const proxy = new RunningProxy({
    ...(await made(folder, events)),
    systemd: { reloading: (reload) => reload() },
  })
  await proxy.start()
  return proxy
}

function portOf(events: readonly Line[]): number {
  return Number(events.find(({ event }) => event === 'listening')?.port)
}

function placeOf(events: readonly Line[], text: string): number {
  return events.findIndex(({ msg }) => String(msg).includes(text))
}

async function login(port: number, domain: string): Promise<Socket> {
  const socket = await connected(port)
  socket.on('error', () => {})
  socket.write(loginBytes(domain, 'Steve'))
  await once(socket, 'data')
  return socket
}

describe('parts', () => {
  it('are told in their order, and only what they want to be told', async () => {
    const told: string[] = []
    const parts = new Parts([
      { record: ({ client }, fault) => told.push(`first ${client} ${fault}`), sizes: () => ({ first: 1 }) },
      { useServers: (servers) => told.push(`second ${servers.length}`), problems: () => ['second is wrong'] },
      { record: () => told.push('third'), useServers: () => told.push('third'), sizes: () => ({ third: 3 }) },
    ])
    parts.record(RECORD, 'a fault')
    parts.useServers([], NO_CHANGE)
    expect(told).toEqual(['first 203.0.113.7 a fault', 'third', 'second 0', 'third'])
    expect(parts.sizes()).toEqual({ first: 1, third: 3 })
    expect(parts.problems()).toEqual(['second is wrong'])
  })

  it('stop listening at the same time, and stop one after the other', async () => {
    const told: string[] = []
    const slow = Promise.withResolvers<void>()
    const part = (name: string, wait?: Promise<void>): Part => ({
      async stopListening() {
        told.push(`${name} hears`)
        await wait
      },
      async stop() {
        await wait
        told.push(`${name} stops`)
      },
    })
    const parts = new Parts([part('slow', slow.promise), part('fast')])
    const unreachable = parts.stopListening()
    expect(told).toEqual(['slow hears', 'fast hears'])
    const stopped = parts.stop()
    slow.resolve()
    await Promise.all([unreachable, stopped])
    expect(told.slice(2)).toEqual(['slow stops', 'fast stops'])
  })
})

describe('a part that wants no records', () => {
  it('costs a connection nothing until a change makes it want some', () => {
    const told: string[] = []
    const part = {
      wantsRecords: false,
      record: () => told.push('record'),
      useConfig() {
        part.wantsRecords = true
      },
    }
    const parts = new Parts([part])
    parts.record(RECORD, undefined)
    expect(told).toEqual([])
    parts.useConfig({} as Config)
    parts.record(RECORD, undefined)
    expect(told).toEqual(['record'])
  })
})

describe('the parts of a proxy', { timeout: 60_000 }, () => {
  it('have counted a connection when its line is written', async () => {
    const events: Line[] = []
    const counted: number[] = []
    const options = await made(folderWith({ 'infrarust.toml': '' }), events, ({ event }) => {
      if (event === 'access') counted.push(...seenHeaders.of('main', []).map(({ count }) => count))
    })
    const { parts, seenHeaders, traffic } = assemble(options)
    parts.record(RECORD, undefined)
    parts.record(RECORD, undefined)
    expect(counted).toEqual([1, 2])
    await traffic.stop(0, AbortSignal.abort())
    await parts.stop()
  })

  it('have a server in force when the log says that it is there', async () => {
    const events: Line[] = []
    const proxy = await running(
      folderWith({
        'infrarust.toml': '',
        'friends.txt': '203.0.113.7\n',
        'servers/a.toml':
          'domains = ["a.example.com"]\naddresses = ["127.0.0.1:1"]\n[ip_filter]\nwhitelist_file = "../friends.txt"\n',
      }),
      events,
    )
    await until(() => placeOf(events, 'server "a" added') >= 0, 'the server')
    await proxy.stop(0)
    expect(placeOf(events, '1 network')).toBeGreaterThanOrEqual(0)
    expect(placeOf(events, '1 network')).toBeLessThan(placeOf(events, 'server "a" added'))
  })

  it('say what is wrong with a changed configuration behind what has changed', async () => {
    const events: Line[] = []
    const folder = folderWith({ 'infrarust.toml': '' })
    const proxy = await running(folder, events)
    writeFileSync(
      join(folder, 'infrarust.toml'),
      'max_connections = 1000000\n[ip_filter]\nblacklist_file = "gone.txt"\n',
    )
    const { changes, problems } = await proxy.reload()
    await proxy.stop(0)
    expect(changes).toContainEqual(expect.stringContaining('max_connections'))
    expect(problems).toEqual([expect.stringContaining('gone.txt')])
    const [changed, warned, failed] = ['configuration changed: ', 'open files only', 'gone.txt: '].map((text) =>
      placeOf(events, text),
    )
    expect(changed).toBeGreaterThanOrEqual(0)
    expect(warned).toBeGreaterThan(Number(changed))
    expect(failed).toBeGreaterThan(Number(changed))
  })

  // What was only counted was lost where the log stopped first, and a ban store that is closed answers nobody.
  it('stop when each connection has had its record: its line, or the count; and the bans at last', async () => {
    const backend = await RawBackend.start()
    onTestFinished(() => void backend.stop())
    const events: Line[] = []
    const proxy = await running(
      folderWith({
        'infrarust.toml': '[rate_limit]\nmax_connections = 0\n',
        'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`,
      }),
      events,
    )
    await until(() => placeOf(events, 'server "a" added') >= 0, 'the server')
    const session = await login(portOf(events), 'a.example.com')
    for (let count = 0; count < 120; count++) await login(portOf(events), 'nobody.example.com')
    const ended = once(session, 'close')
    await proxy.stop(0)
    await ended

    const records = events.filter(({ event }) => event === 'access')
    const counted = events
      .filter(({ event }) => event === 'refusals')
      .reduce((sum, { count }) => sum + Number(count), 0)
    expect(records.filter(({ reason }) => reason === 'shutdown')).toHaveLength(1)
    expect(records.length + counted).toBe(121)
    expect(events.findIndex(({ event }) => event === 'bans closed')).toBe(events.length - 1)
  })
})
