import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTable } from '@infrarust/core/provider'
import { managerKeys, PowerError, type PowerReading, type ServerPower } from '@infrarust/core/server-power'
import { serverPowerContract } from '@infrarust/core/testing'
import { dockerEndpoint } from '@infrarust/docker-engine/endpoint'
import { docker } from '@infrarust/server-manager'
import { Child, folderWith, freePort, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ContainerSetup, Dockerd } from '../fixtures/dockerd.ts'
import { havePeers, SYSTEM_PATH } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const NO_TLS = { ca: undefined, cert: undefined, key: undefined }
const never = (): AbortSignal => new AbortController().signal
const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(havePeers('the power of containers', 'dockerd', 'haproxy'))('on a real engine', () => {
  let dockerd: Dockerd
  /** What containers write there is read here. */
  const notes = folderWith({}, afterAll)
  beforeAll(async () => {
    dockerd = await Dockerd.start()
  })
  afterEach(() => dockerd.clear())
  afterAll(() => dockerd?.dispose())

  const powerOf = (container: string, changed: { readonly pause?: boolean } = {}, url = '') => {
    const reading = dockerEndpoint.read(url === '' ? dockerd.endpoint : url)
    if (reading.kind === 'fault') throw new Error(reading.fault)
    const place = { engine: { endpoint: reading.value, tls: NO_TLS }, baseDir: '/', environment: {} }
    return openPower(
      docker(() => place),
      container,
      changed,
    )
  }

  /** Notes each start, and what it is told to do when it is stopped. */
  const server = (name: string, onStop = '', setup: ContainerSetup = {}): Promise<void> => {
    const script = `echo start >> /notes/${name}; trap '${onStop} exit 0' TERM; /busybox/busybox sleep 1d & wait`
    return dockerd.create(name, {
      binds: [`${notes}:/notes`],
      command: ['/busybox/busybox', 'sh', '-c', script],
      ...setup,
    })
  }
  const noted = (name: string): readonly string[] => {
    try {
      return readFileSync(join(notes, name), 'utf8').trim().split('\n')
    } catch {
      return []
    }
  }
  const becomes = async (power: ServerPower, state: PowerReading['state']): Promise<PowerReading> => {
    let last: PowerReading = { state: 'unknown' }
    await until(
      async () => {
        last = await power.state(never())
        return last.state === state
      },
      `the state ${state}`,
      () => JSON.stringify(last),
    )
    return last
  }
  const failure = async (work: Promise<unknown>): Promise<PowerError> => {
    const thrown: unknown = await work.then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(thrown instanceof PowerError)) throw new Error(`no PowerError: ${String(thrown)}`)
    return thrown
  }

  let count = 0
  for (const pause of [false, true])
    serverPowerContract(pause ? 'docker (paused)' : 'docker', async () => {
      const name = `contract-${count++}`
      await server(name)
      return {
        open: () => powerOf(name, { pause }),
        openBroken: () => powerOf(name, {}, 'unix:///nowhere.sock'),
        // One that is paused goes on where it was.
        starts: async () => (pause ? await startsOf(dockerd, name) : noted(name).length),
        endByItself: () => dockerd.stop(name),
        dispose: () => dockerd.clear(),
      }
    })

  it('waits for a server that saves its world, as long as its container gives it, and says so', async () => {
    await server('saving', '/busybox/busybox sleep 3; echo saved >> /notes/saving;', { stopTimeoutS: 60 })
    const power = powerOf('saving')
    await power.start(never())
    await until(() => noted('saving').length === 1, 'it has started')
    await power.stop(never())
    expect(noted('saving')).toEqual(['start'])
    expect(await power.state(never())).toEqual({ state: 'stopping' })
    await becomes(power, 'stopped')
    expect(noted('saving')).toEqual(['start', 'saved'])
  })
  it('does not turn an orderly stop into a kill when nobody waits for it any more', async () => {
    await server('left', '/busybox/busybox sleep 2; echo saved >> /notes/left;', { stopTimeoutS: 60 })
    const power = powerOf('left')
    await power.start(never())
    await until(() => noted('left').length === 1, 'it has started')
    const over = new AbortController()
    const stopped = power.stop(over.signal)
    await becomes(power, 'stopping')
    over.abort()
    await stopped.catch(() => {})
    await becomes(power, 'stopped')
    expect(noted('left')).toEqual(['start', 'saved'])
  })

  it('keeps a server that is paused, and wakes it where it was', async () => {
    await server('frozen')
    const power = powerOf('frozen', { pause: true })
    await power.start(never())
    await until(() => noted('frozen').length === 1, 'it has started')
    await power.stop(never())
    expect(await power.state(never())).toEqual({ state: 'stopped' })
    await power.start(never())
    expect(await power.state(never())).toEqual({ state: 'running' })
    expect(noted('frozen')).toEqual(['start'])
  })
  // It cannot hear the signal to stop, so it would be killed without having saved anything.
  it('leaves one alone that somebody else has paused', async () => {
    await server('held', 'echo saved >> /notes/held;', { stopTimeoutS: 1 })
    const power = powerOf('held')
    await power.start(never())
    await until(() => noted('held').length === 1, 'it has started')
    await dockerd.pause('held')
    await power.stop(never())
    expect(await power.state(never())).toEqual({ state: 'stopped' })
    await power.start(never())
    expect(await power.state(never())).toEqual({ state: 'running' })
  })

  it('tells why a server has ended, in its own words', async () => {
    // The engine reads the two streams by themselves: written at once, either line may come to be the last.
    const script = 'echo one; sleep 1; echo "no EULA" >&2; exit 3'
    await dockerd.create('broken', { command: ['/busybox/busybox', 'sh', '-c', script] })
    const power = powerOf('broken')
    await power.start(never())
    const { why } = await becomes(power, 'crashed')
    expect(why).toBe('container "broken": it ended with status 3; its last line: no EULA')
    expect([...((await power.log?.(never())) ?? [])].sort()).toEqual(['no EULA', 'one'])
  })
  it('shows what a server has written while it runs', async () => {
    await dockerd.create('talking', {
      command: ['/busybox/busybox', 'sh', '-c', 'echo loading; echo ready; /busybox/busybox sleep 1d'],
    })
    const power = powerOf('talking')
    await power.start(never())
    await until(async () => (await power.log?.(never()))?.length === 2, 'both lines')
    expect(await power.log?.(never())).toEqual(['loading', 'ready'])
    expect((await power.state(never())).state).toBe('running')
  })
  it('tells why a server that the engine starts again and again does not run', async () => {
    const command = ['/busybox/busybox', 'sh', '-c', 'echo "port taken"; exit 1']
    await dockerd.create('looping', { command, restarts: 'always' })
    const power = powerOf('looping')
    await power.start(never())
    expect((await becomes(power, 'crashed')).why).toContain('it ended with status 1; its last line: port taken')
  })
  it('tells what the engine says where it cannot start it', async () => {
    await dockerd.create('wrong', { command: ['/nowhere'] })
    expect(await failure(powerOf('wrong').start(never()))).toMatchObject({
      code: expect.stringMatching(/failed|not-found/),
      message: expect.stringMatching(/answers \d+ to POST \/containers\/[0-9a-f]{64}\/start: .*\/nowhere/),
    })
  })

  it('says that a container is not there', async () => {
    expect(await failure(powerOf('gone').start(never()))).toMatchObject({
      code: 'not-found',
      message: 'there is no container "gone"; see docker ps --all',
    })
  })
  // An engine looks for an id before it looks for a name, so such a label started and stopped somebody else's container.
  it('touches no other container, whatever the labelled one is called', async () => {
    await server('victim')
    const { Id: id } = await dockerd.api.json<{ readonly Id: string }>('/containers/victim/json')
    await server(id)
    await dockerd.start('victim')
    await until(() => noted('victim').length === 1, 'it has started')
    const power = powerOf(id)
    for (const work of [power.stop, power.start, power.state])
      expect((await failure(work(never()))).code).toBe('not-found')
    expect(await powerOf('victim').state(never())).toEqual({ state: 'running' })
  })

  it('says which requests a socket proxy refuses, and orders nothing to find out', async () => {
    await server('proxied')
    const passes = async (rules: string): Promise<ServerPower> => {
      const port = await freePort()
      const file = join(notes, `haproxy-${port}.cfg`)
      writeFileSync(file, socketProxy(port, dockerd.api.socketPath, rules))
      const child = new Child('haproxy', ['-db', '-f', file], { env: { ...process.env, PATH: SYSTEM_PATH } })
      running.add({ stop: () => child.stop('SIGKILL') })
      const power = powerOf('proxied', {}, `tcp://127.0.0.1:${port}`)
      await until(async () => (await power.state(never()).catch(() => undefined)) !== undefined, 'the socket proxy')
      return power
    }
    const shut = await passes('http-request deny deny_status 403 unless METH_GET')
    expect(await shut.check?.(never())).toEqual([
      { isGood: true, text: 'container "proxied" is there' },
      ...['start', 'stop'].map((order) => ({
        isGood: false,
        text: expect.stringContaining(`POST /containers/{id}/${order} does not pass: `),
      })),
    ])
    expect(await failure(shut.start(never()))).toMatchObject({
      code: 'denied',
      message: expect.stringMatching(
        /answers 403 to POST \/containers\/[0-9a-f]{64}\/start; a socket proxy must pass this/,
      ),
    })
    const open = await passes('')
    expect(await open.check?.(never())).toEqual([
      { isGood: true, text: 'container "proxied" is there' },
      { isGood: true, text: 'the engine takes the orders start, stop' },
    ])
    expect(noted('proxied')).toEqual([])
  })

  it('needs no more of the engine than the example of the documentation passes', async () => {
    await server('example')
    const port = await freePort()
    const compose = readFileSync(new URL('../../../docs/docker-compose.sleeping.yaml', import.meta.url), 'utf8')
    const file = join(notes, 'example.cfg')
    writeFileSync(file, exampleProxy(compose, port, dockerd.api.socketPath))
    const child = new Child('haproxy', ['-db', '-f', file], { env: { ...process.env, PATH: SYSTEM_PATH } })
    running.add({ stop: () => child.stop('SIGKILL') })
    const power = powerOf('example', {}, `tcp://127.0.0.1:${port}`)
    await until(async () => (await power.state(never()).catch(() => undefined)) !== undefined, 'the socket proxy')
    expect((await power.check?.(never()))?.every(({ isGood }) => isGood)).toBe(true)
    await power.start(never())
    await becomes(power, 'running')
    await power.stop(never())
    await becomes(power, 'stopped')
    for (const path of [
      '/containers/create',
      '/containers/example/exec',
      '/containers/example/kill',
      '/images/create',
    ]) {
      const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })
      expect([path, status]).toEqual([path, 403])
    }
    for (const path of ['/containers/example/archive?path=/', '/images/json', '/info']) {
      const { status } = await fetch(`http://127.0.0.1:${port}${path}`)
      expect([path, status]).toEqual([path, 403])
    }
  })
})

/** The configuration of the socket proxy in a compose file, on a port and with an engine of the test. */
function exampleProxy(compose: string, port: number, socketPath: string): string {
  const [, indented = ''] = /^ {2}engine:\n {4}content: \|\n((?: {6}.*\n)+)/m.exec(compose) ?? []
  return indented
    .replaceAll(/^ {6}/gm, '')
    .replaceAll('$$', '$')
    .replace('bind :2375', `bind 127.0.0.1:${port}`)
    .replace('/var/run/docker.sock', socketPath)
}

function openPower(
  type: ReturnType<typeof docker>,
  container: string,
  { pause = false }: { readonly pause?: boolean },
): ServerPower {
  const server = { id: 'a', provider: 'docker', key: 'a', source: `container "${container}"` }
  return type.open(readTable(managerKeys, { type: 'docker', container, pause }).value, {
    server,
    folder: '/',
    stateFolder: '/nowhere',
    notice: () => {},
  })
}

/** How often a container was started or woken. */
async function startsOf(dockerd: Dockerd, name: string): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ container: [name], event: ['start', 'unpause'] }))
  const until = Math.floor(Date.now() / 1000) + 1
  const events = await dockerd.api.call('GET', `/events?since=0&until=${until}&filters=${filters}`)
  return events.split('\n').filter((line) => line.trim() !== '').length
}

function socketProxy(port: number, socketPath: string, rules: string): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 10m
  timeout server 10m
frontend in
  bind 127.0.0.1:${port}
  ${rules}
  default_backend engine
backend engine
  server engine unix@${socketPath}
`
}
