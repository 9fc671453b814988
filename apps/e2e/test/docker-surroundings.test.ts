import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Child, folderWith, freePort, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { leadsTo } from '../fixtures/dockerd-routes.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers, SYSTEM_PATH } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const PROGRAM = resolve(import.meta.dirname, '../../infrarust/bin/infrarust.js')
const LABELS = { 'infrarust.enable': 'true' }

describe.runIf(havePeers('the proxy beside its containers', 'dockerd', 'haproxy'))('the proxy', () => {
  let dockerd: Dockerd
  const folder = folderWith({}, afterAll)
  beforeAll(async () => {
    dockerd = await Dockerd.start()
    await dockerd.network('front')
    await dockerd.network('back')
  })
  afterEach(() => dockerd.clear())
  afterAll(() => dockerd?.dispose())

  it('in a container of its own finds the network that it shares, and published ports where it shares none', async () => {
    writeFileSync(join(folder, 'infrarust.toml'), 'bind = "0.0.0.0:25565"\n[docker]\n')
    await dockerd.run('proxy', {
      network: 'front',
      binds: [`${folder}:/config:ro`, `${dockerd.api.socketPath}:/var/run/docker.sock`],
      command: [process.execPath, PROGRAM, '--config', '/config/infrarust.toml'],
    })
    await dockerd.run('shared', { network: 'back', labels: LABELS })
    await dockerd.connect('front', 'shared')
    const published = { '25565/tcp': { HostIp: '0.0.0.0', HostPort: '0' } }
    await dockerd.run('apart', { network: 'back', labels: LABELS, published })

    const host = await dockerd.address('proxy', 'front')
    const status = async (domain: string): Promise<string> => {
      const client = await RawClient.open(25_565, { host }).catch(() => undefined)
      if (client === undefined) return ''
      client.send(statusBytes(domain))
      await until(() => client.received.includes('}') || client.isClosed, `a status for ${domain}`)
      client.destroy()
      return client.received.toString('utf8')
    }
    for (const name of ['shared', 'apart']) {
      let last = ''
      const answers = async (): Promise<boolean> => {
        last = await status(`${name}.docker.local`)
        return last.includes(`${name} sees`)
      }
      await until(answers, `${name} to be reached`, () => last)
    }
    // The proxy itself, on its front network, and no detour over the host.
    expect(await status('shared.docker.local')).toContain(host)
  })

  it('reaches containers on the network of the host', async () => {
    const infrarust = running.add(await Infrarust.start({ toml: `[docker]\nendpoint = "${dockerd.endpoint}"\n` }))
    await dockerd.run('host', {
      network: 'host',
      labels: { ...LABELS, 'infrarust.port': '1' },
      command: ['/busybox/busybox', 'sleep', '1d'],
    })
    await leadsTo(infrarust, 'host.docker.local', 'server_down at 127.0.0.1:1')
  })

  it('needs no more of the engine than the page says', async () => {
    await dockerd.run('lobby', { network: 'front', labels: LABELS })
    const port = await freePort()
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, socketProxy(port, dockerd.api.socketPath))
    const child = new Child('haproxy', ['-db', '-f', file], { env: { ...process.env, PATH: SYSTEM_PATH } })
    running.add({ stop: () => child.stop('SIGKILL') })
    const infrarust = running.add(
      await Infrarust.start({ toml: `[docker]\nendpoint = "tcp://127.0.0.1:${port}"\nreconnect_delay = "100ms"\n` }),
    )
    await leadsTo(infrarust, 'lobby.docker.local', `${await dockerd.address('lobby', 'front')}:25565`)
    await dockerd.stop('lobby')
    await leadsTo(infrarust, 'lobby.docker.local', 'server_down')
    expect(child.lines.filter((line) => line.includes(' 403 '))).toEqual([])
  })
})

/** Passes the four requests of `docs/docker.md` and refuses every other. */
function socketProxy(port: number, socketPath: string): string {
  return `global
  log stdout format raw local0 info
defaults
  mode http
  log global
  log-format "%HM %HP %ST "
  timeout connect 5s
  timeout client 10m
  timeout server 10m
frontend in
  bind 127.0.0.1:${port}
  http-request deny deny_status 403 unless METH_GET
  http-request deny deny_status 403 unless { path_reg ^/(_ping|events|containers/json|containers/[0-9a-f]{64}/json)$ }
  default_backend engine
backend engine
  server engine unix@${socketPath}
`
}
