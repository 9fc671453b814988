import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Emission, readTable } from '@infrarust/core/provider'
import { FakeEngine, RECORDED_EVENTS } from '@infrarust/test-kit/docker-engine'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { docker, dockerKeys, dockerProvider } from '../src/index.ts'
import { recorded } from './recorded.ts'

const WAIT = { timeout: 20_000, interval: 5 }

describe('the provider', () => {
  let engine: FakeEngine
  let stop: AbortController
  let emissions: Emission[]
  beforeEach(async () => {
    engine = await FakeEngine.start('lobby', 'published')
    stop = new AbortController()
    emissions = []
  })
  afterEach(async () => {
    stop.abort()
    await engine.stop()
  })

  const start = (changed: object = {}): Promise<void> => {
    const endpoint = `unix://${engine.socketPath}`
    const table = { endpoint, reconnect_delay: '100ms', poll_interval: '1h', ...changed }
    const { value: config, problems } = readTable(dockerKeys, table)
    if (problems.length > 0) throw new Error(JSON.stringify(problems))
    return Promise.resolve(dockerProvider({ config }).start((one) => emissions.push(one), stop.signal))
  }
  const emitted = (count: number) => vi.waitFor(() => expect(emissions.length).toBeGreaterThanOrEqual(count), WAIT)
  const asked = (path: string) => engine.requests.filter((request) => request === path).length

  it('subscribes before it lists, with the clock of the engine', async () => {
    void start()
    await emitted(1)
    const order = ['/_ping', '/events', '/containers/json']
    expect(engine.requests.slice(0, 3)).toEqual(order)
    expect(Math.abs(Number(engine.sinceParameters[0]) * 1000 - Date.now())).toBeLessThan(60_000)
    expect(emissions[0]).toMatchObject({ servers: [{ key: 'lobby' }, { key: 'published' }], diagnostics: [] })
  })

  // A container with nothing but such a label was not looked at, so nobody read what was said of it.
  it('says of a container without any other label that one is near the prefix', async () => {
    const { id } = recorded('lobby')
    const json = engine.inspected.get(id) as { readonly Config: object }
    engine.inspected.set(id, { ...json, Config: { ...json.Config, Labels: { 'Infrarust.Enable': 'true' } } })
    void start()
    await emitted(1)
    expect(emissions[0]).toMatchObject({
      servers: [{ key: 'published' }],
      diagnostics: [{ level: 'warn', message: expect.stringContaining('label Infrarust.Enable is not read') }],
    })
  })

  // Listing first and subscribing then would lose it until something else happens.
  it('sees what happens while it lists', async () => {
    engine.onRequest = (path) => {
      if (path !== '/containers/json') return
      engine.onRequest = () => {}
      engine.send(
        `${JSON.stringify({ Type: 'container', Action: 'destroy', Actor: { ID: recorded('published').id } })}\n`,
      )
      setImmediate(() => engine.inspected.delete(recorded('published').id))
    }
    void start({ offline_time: '0s' })
    await vi.waitFor(() => expect(emissions.at(-1)).toMatchObject({ servers: [{ key: 'lobby' }] }), WAIT)
    expect(emissions.at(-1)).toHaveProperty('servers.length', 1)
  })

  it('lists once for the events of two hundred containers', async () => {
    void start()
    await emitted(1)
    const listed = asked('/containers/json')
    // 143 events of the recording, cut anywhere, as often as 200 containers would send them.
    const burst = Array.from({ length: 17 }, () => RECORDED_EVENTS.join('\n')).join('\n')
    engine.inspected.delete(recorded('published').id)
    engine.send(burst.slice(0, 70_001))
    engine.send(`${burst.slice(70_001)}\n`)
    await emitted(2)
    // Once more where this machine was too busy to read the burst in one go; that list has nothing new.
    expect(asked('/containers/json')).toBeLessThanOrEqual(listed + 2)
    expect(emissions).toHaveLength(2)
  })

  it('says nothing where a poll finds nothing new', async () => {
    void start()
    await emitted(1)
    engine.send(`${RECORDED_EVENTS.join('\n')}\n`)
    await vi.waitFor(() => expect(asked('/containers/json')).toBeGreaterThan(1), WAIT)
    engine.inspected.delete(recorded('published').id)
    engine.send(`${RECORDED_EVENTS.join('\n')}\n`)
    await emitted(2)
    expect(emissions).toHaveLength(2)
  })

  it('is not kept from the others by a container that the engine cannot read', async () => {
    engine.refusals.set(`/containers/${recorded('published').id}`, 500)
    void start()
    await emitted(1)
    expect(emissions[0]).toMatchObject({
      servers: [{ key: 'lobby' }],
      diagnostics: [{ level: 'warn', message: expect.stringContaining('cannot be read: it answers 500') }],
    })
    engine.refusals.clear()
    await emitted(2)
    expect(emissions.at(-1)).toMatchObject({ servers: [{ key: 'lobby' }, { key: 'published' }], diagnostics: [] })
  })

  // A mount that hangs holds the lock of its container, and every question about that one waits for it.
  it('is not kept from the others by a container about which the engine says nothing', async () => {
    engine.silences.add(`/containers/${recorded('published').id}`)
    void start()
    await emitted(1)
    const message = `container "${recorded('published').id.slice(0, 12)}": cannot be read: no answer within 2 s; what was known of it stays`
    expect(emissions[0]).toEqual({
      servers: [expect.objectContaining({ key: 'lobby' })],
      diagnostics: [{ level: 'warn', message, about: message.replace(/:.*/, '') }],
    })
    engine.silences.clear()
    await emitted(2)
    expect(emissions.at(-1)).toMatchObject({ servers: [{ key: 'lobby' }, { key: 'published' }], diagnostics: [] })
  })

  // Labels are in the events, so whoever labels containers makes their lines as long as he likes.
  it('follows on behind a line of events that is longer than any', async () => {
    void start({ offline_time: '0s' })
    await emitted(1)
    const listed = asked('/containers/json')
    engine.inspected.delete(recorded('published').id)
    for (let mib = 0; mib < 3; mib++) engine.send('x'.repeat(1_048_576))
    await emitted(2)
    expect(emissions.at(-1)).toHaveProperty('servers.length', 1)
    expect(asked('/containers/json')).toBeGreaterThan(listed)
    engine.inspected.delete(recorded('lobby').id)
    engine.send(`\n${JSON.stringify({ Type: 'container', Action: 'destroy', Actor: { ID: recorded('lobby').id } })}\n`)
    await emitted(3)
    expect(emissions.at(-1)).toMatchObject({ servers: [] })
    expect(asked('/events')).toBe(1)
  })

  // What failed only after `reconnect_delay` was tried again at once, without a word and without end.
  it('keeps its list where the engine answers without end', async () => {
    void start()
    await emitted(1)
    engine.floods.add('/containers/json')
    engine.send(`${RECORDED_EVENTS.join('\n')}\n`)
    await emitted(2)
    expect(emissions[1]).toMatchObject({
      error: expect.stringContaining('its answer to GET /containers/json is longer than 64 MiB'),
    })
  })
  it.each(['/_ping', '/events', '/containers/json'])('reads no refusal of %s without end', async (path) => {
    engine.floods.add(path)
    engine.refusals.set(path, 500)
    void start()
    await emitted(1)
    const message = `it answers 500 to GET ${path}`
    expect(emissions[0]).toMatchObject({ error: expect.stringContaining(message) })
  })
  it('is not kept from the others by a container of which the engine tells without end', async () => {
    engine.floods.add(`/containers/${recorded('published').id}/json`)
    void start()
    await emitted(1)
    expect(emissions[0]).toMatchObject({
      servers: [{ key: 'lobby' }],
      diagnostics: [{ message: expect.stringContaining('is longer than 8 MiB; what was known of it stays') }],
    })
  })

  it('says once that the engine is away, and lists all of it when it is back', async () => {
    void start()
    await emitted(1)
    engine.refusals.set('/_ping', 503)
    engine.endStreams()
    await vi.waitFor(() => expect(asked('/_ping')).toBeGreaterThan(4), WAIT)
    expect(emissions).toHaveLength(2)
    engine.inspected.delete(recorded('published').id)
    engine.refusals.clear()
    await emitted(3)
    expect(emissions[2]).toMatchObject({
      servers: [
        { key: 'lobby', state: 'online' },
        { key: 'published', state: 'offline' },
      ],
    })
    expect(emissions.map((emission) => 'error' in emission)).toEqual([false, true, false])
  })

  it('tries again at once, without a word, where only the stream of events has ended', async () => {
    void start()
    await emitted(1)
    // Longer than `reconnect_delay`: what ends at once would be tried without end.
    const longEnough = performance.now() + 150
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(longEnough), WAIT)
    engine.endStreams()
    await vi.waitFor(() => expect(asked('/events')).toBe(2), WAIT)
    await vi.waitFor(() => expect(asked('/containers/json')).toBe(2), WAIT)
    expect(emissions).toHaveLength(1)
  })

  it('names the request that a socket proxy does not pass', async () => {
    engine.refusals.set('/events', 403)
    void start()
    await emitted(1)
    expect(emissions[0]).toEqual({
      error: `the Docker Engine at unix://${engine.socketPath} cannot be read: it answers 403 to GET /events; a socket proxy must pass this request (the last servers stay; trying again)`,
    })
  })

  it.each(['{}', 'null', '<html>', ''])('does not take %j for an empty list', async (odd) => {
    engine.oddities.set('/containers/json', odd)
    void start()
    await emitted(1)
    expect(emissions[0]).toMatchObject({ error: expect.stringContaining('as a Docker Engine does; is it one?') })
  })

  it('heeds constraints, its own label prefix and what is exposed by default', async () => {
    void start({ constraints: ['com.docker.compose.project=mc', '!infrarust.domains'] })
    await emitted(1)
    expect(emissions[0]).toMatchObject({ servers: [{ key: 'published' }] })
    stop.abort()
    stop = new AbortController()
    emissions = []
    void start({ label_prefix: 'other', exposed_by_default: true })
    await emitted(1)
    expect(emissions[0]).toMatchObject({
      servers: [{ values: { domains: ['lobby.docker.local'] } }, { key: 'published' }],
    })
  })

  it('refuses an SSH endpoint of DOCKER_HOST and ends', async () => {
    const config = readTable(dockerKeys, {}).value
    const provider = dockerProvider({ config, environment: { DOCKER_HOST: 'ssh://me@host' } })
    await provider.start((one) => emissions.push(one), stop.signal)
    expect(emissions).toEqual([
      { error: expect.stringContaining('DOCKER_HOST is "ssh://me@host"; the proxy does not speak SSH') },
    ])
  })

  it('shows its certificate to an engine that asks for one, and checks the one of the engine', async () => {
    const path = (name: string) => fileURLToPath(new URL(`fixtures/tls/${name}.pem`, import.meta.url))
    const file = (name: string) => readFileSync(path(name))
    const secured = await FakeEngine.startTls({ ca: file('ca'), cert: file('cert'), key: file('key') }, 'lobby')
    const endpoint = `tcp://127.0.0.1:${secured.port}`
    try {
      void start({ endpoint, tls: { ca: path('ca'), cert: path('cert'), key: path('key') } })
      await emitted(1)
      expect(emissions[0]).toMatchObject({ servers: [{ key: 'lobby' }] })
      const refusals = [
        // Without the authority the engine could be anybody.
        [{ cert: path('cert'), key: path('key') }, 'nobody known has signed its certificate; name its authority as ca'],
        // The kernel may cut the connection before the reason is read.
        [{ ca: path('ca') }, '(it asks for a client certificate; name cert and key|it closed the connection)'],
        [{ ca: path('ca'), cert: path('key'), key: path('key') }, 'a file of .docker.tls. is no PEM file'],
        [{ ca: path('ca'), cert: path('cert'), key: '/nowhere' }, 'tls.key cannot be read: '],
        [{ ca: path('ca'), cert: path('cert'), key: '/dev/zero' }, 'tls.key cannot be read: .*it is no regular file'],
      ] as const
      for (const [tls, why] of refusals) {
        stop.abort()
        stop = new AbortController()
        emissions = []
        void start({ endpoint, tls })
        await emitted(1)
        expect(emissions[0]).toMatchObject({ error: expect.stringMatching(`^.* cannot be read: ${why}.*$`) })
      }
    } finally {
      stop.abort()
      await secured.stop()
    }
  })

  it('looks for the files of [docker.tls] in the folder of infrarust.toml', async () => {
    const table = { endpoint: 'tcp://127.0.0.1:1', tls: { ca: 'ca.pem', key: 'nowhere.pem' } }
    const baseDir = fileURLToPath(new URL('fixtures/tls', import.meta.url))
    const provider = docker.configure(table).open({ baseDir })
    void provider.start((one) => emissions.push(one), stop.signal)
    await emitted(1)
    expect(emissions[0]).toMatchObject({ error: expect.stringMatching(/ tls\.key cannot be read: /) })
  })

  it('takes the endpoint and the certificates of the environment', async () => {
    const config = readTable(dockerKeys, { reconnect_delay: '100ms' }).value
    const environment = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }
    void dockerProvider({ config, environment }).start((one) => emissions.push(one), stop.signal)
    await emitted(1)
    expect(emissions[0]).toMatchObject({
      error: expect.stringMatching(/tcp:\/\/127\.0\.0\.1:1 .*tls\.ca cannot be read/),
    })
  })
})
