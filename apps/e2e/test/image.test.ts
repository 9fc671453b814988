import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loginBytes, RawClient, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { ping } from '../fixtures/minecraft-client.ts'
import { havePeers } from '../fixtures/programs.ts'
import { importProxyImage } from '../fixtures/proxy-image.ts'
import { Running } from '../fixtures/running.ts'

const IMAGE = 'infrarust:test'
const PORT = 25_565

interface State {
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly Health?: { readonly Status: string } }
  readonly Config: { readonly User: string }
}

const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(havePeers('the container image', 'dockerd'))('the container image', { timeout: 240_000 }, () => {
  let dockerd: Dockerd
  beforeAll(async () => {
    dockerd = await Dockerd.start()
    await dockerd.network('games')
    await importProxyImage(dockerd.api, IMAGE, dockerd.folder)
  }, 240_000)
  afterEach(() => dockerd.clear())
  afterAll(() => dockerd?.dispose())

  const state = (): Promise<State> => dockerd.api.json<State>('/containers/proxy/json')
  const log = (): Promise<string> => dockerd.api.call('GET', '/containers/proxy/logs?stdout=1&stderr=1')

  async function create(host: object, others: object = {}): Promise<void> {
    await dockerd.api.call('POST', '/containers/create?name=proxy', {
      Image: IMAGE,
      Healthcheck: { Interval: 5e8, StartPeriod: 1e6 },
      HostConfig: {
        NetworkMode: 'games',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ...host,
      },
      ...others,
    })
  }

  /** Until the log says that there is a server. */
  async function serves(): Promise<void> {
    await until(
      async () => (await log()).includes('"survival"') || (await log()).includes('server \\"s\\" added'),
      'the proxy to serve',
      undefined,
      60_000,
    )
  }

  /** By the command in the Containerfile, asked more often than there. It needs the control socket, which is in /data. */
  async function isHealthy(): Promise<void> {
    const health = async () => (await state()).State.Health?.Status
    await until(async () => (await health()) === 'healthy', 'the health check to pass', undefined, 60_000)
  }

  /** Runs it as the Containerfile says one should: read-only, without capabilities. Its address. */
  async function start(): Promise<string> {
    await dockerd.run('survival', { network: 'games' })
    const config = join(dockerd.folder, 'config')
    mkdirSync(join(config, 'servers'), { recursive: true })
    // The proxy is another user.
    for (const folder of [dockerd.folder, config]) chmodSync(folder, 0o755)
    writeFileSync(join(config, 'infrarust.toml'), 'bind = "[::]:25565"\nshutdown_timeout = "2m"\n')
    const address = await dockerd.address('survival', 'games')
    writeFileSync(join(config, 'servers/s.toml'), `domains = ["*.example.com"]\naddresses = ["${address}:25565"]\n`)
    await create({ Binds: [`${config}:/etc/infrarust:ro`] })
    await dockerd.start('proxy')
    await serves()
    return await dockerd.address('proxy', 'games')
  }

  it('starts without root on a read-only root, answers a ping, and is healthy', async () => {
    const host = await start()
    expect(await ping({ host, port: PORT, domain: 'a.example.com' })).toMatchObject({
      description: { text: expect.stringContaining('survival sees') },
    })
    expect((await state()).Config.User).toBe('65532:65532')
    await isHealthy()
  })

  // A configuration that was mounted over its own had to name the only folder that the container can write to.
  it.each([
    ['with nothing mounted', {}, {}],
    [
      'as any other user whose folder /data is',
      { Tmpfs: { '/data': 'uid=1000,gid=1000,mode=700' } },
      { User: '1000:1000' },
    ],
  ])(
    'starts without a configuration of its own, keeps its state in /data, and is healthy: %s',
    async (_, host, others) => {
      await create(host, others)
      await dockerd.start('proxy')
      await isHealthy()
      const address = await dockerd.address('proxy', 'games')
      expect(await ping({ host: address, port: PORT, domain: 'a.example.com' })).toMatchObject({
        description: expect.anything(),
      })
      expect(await log()).not.toMatch(/"level":"(warn|error|fatal)"/)
    },
  )

  it('needs nothing but the environment to serve what labels say', async () => {
    const labels = { 'infrarust.enable': 'true', 'infrarust.domains': '*.example.com' }
    await dockerd.run('survival', { network: 'games', labels })
    // The proxy is another user.
    chmodSync(dockerd.folder, 0o755)
    chmodSync(dockerd.api.socketPath, 0o666)
    await create(
      { Binds: [`${dockerd.api.socketPath}:/run/engine.sock`] },
      {
        Env: [
          'INFRARUST_DOCKER__ENDPOINT=unix:///run/engine.sock',
          'INFRARUST_LOG__FORMAT=json',
          // As Kubernetes injects them for a service of this name.
          'INFRARUST_SERVICE_HOST=10.96.0.7',
          'INFRARUST_PORT=tcp://10.96.0.7:25565',
        ],
      },
    )
    await dockerd.start('proxy')
    await serves()
    const host = await dockerd.address('proxy', 'games')
    expect(await ping({ host, port: PORT, domain: 'a.example.com' })).toMatchObject({
      description: { text: expect.stringContaining('survival sees') },
    })
    expect(await log()).not.toContain('INFRARUST_')
    await isHealthy()
  })

  it('drains on SIGTERM while a session is open, and then ends with 0', async () => {
    const host = await start()
    const player = running.raw(await RawClient.open(PORT, { host }))
    player.send(loginBytes('a.example.com', 'Steve'))
    await until(() => player.received.length > 0, 'the player to be let in')

    // Without a limit of the engine's own: the end has to come from the proxy.
    const stopping = dockerd.api.call('POST', '/containers/proxy/stop?t=120')
    await until(async () => (await log()).includes('no new connections'), 'the drain to begin')
    const before = player.received.length
    player.send(Buffer.from('still here'))
    await until(() => player.received.length > before, 'the session to go on')
    expect((await state()).State.Status).toBe('running')

    player.destroy()
    await stopping
    expect((await state()).State).toMatchObject({ Status: 'exited', ExitCode: 0 })
    expect(await log()).toContain('"player":"Steve"')
  })
})
