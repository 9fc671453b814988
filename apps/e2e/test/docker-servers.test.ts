import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { RawBackend } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { leadsTo, statusAt } from '../fixtures/dockerd-routes.ts'
import { SharedEngine } from '../fixtures/engine.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(havePeers('what containers may serve', 'dockerd'))('containers of a real engine', () => {
  const engine = new SharedEngine(running)

  it('may hold several servers each', async () => {
    const labels = {
      'infrarust.enable': 'true',
      'infrarust.network': 'games',
      'infrarust.creative.domains': 'creative.example.com',
      'infrarust.survival.domains': 'survival.example.com',
      'infrarust.survival.port': '25566',
    }
    await engine.dockerd.run('both', { network: 'games', labels })
    const infrarust = await engine.proxy()
    const address = await engine.dockerd.address('both', 'games')
    await leadsTo(infrarust, 'creative.example.com', `${address}:25565`)
    // Nobody listens on the second port: it was dialled and refused.
    await leadsTo(infrarust, 'survival.example.com', `server_down at ${address}:25566`)
  })

  it('are reached through the ports that they publish when they are told to', async () => {
    const published = { '25565/tcp': { HostIp: '127.0.0.1', HostPort: '0' } }
    const labels = { 'infrarust.enable': '1', 'infrarust.domains': 'published.example.com' }
    await engine.dockerd.run('published', { network: 'games', labels, published })
    const infrarust = await engine.proxy('use_published_ports = true')
    const port = await engine.dockerd.publishedPort('published', '25565/tcp')
    await leadsTo(infrarust, 'published.example.com', `127.0.0.1:${port}`)
  })

  it('with a health check are starting, then served, then offline', async () => {
    const labels = { 'infrarust.enable': 'true', 'infrarust.domains': 'gated.example.com' }
    // A check that fails in its start period says neither yes nor no.
    const setup = { network: 'games', labels, healthCheck: ['/busybox/busybox', 'test', '-e', '/tmp/ready'] }
    const infrarust = await engine.proxy()
    await engine.dockerd.run('gated', { ...setup, startPeriodMs: 600_000 })
    await leadsTo(infrarust, 'gated.example.com', 'starting')
    expect(await statusAt(infrarust, 'gated.example.com')).not.toContain('sees')
    await engine.dockerd.exec('gated', '/busybox/busybox', 'touch', '/tmp/ready')
    await leadsTo(infrarust, 'gated.example.com', `${await engine.dockerd.address('gated', 'games')}:25565`)
    await engine.dockerd.exec('gated', '/busybox/busybox', 'rm', '/tmp/ready')
    await leadsTo(infrarust, 'gated.example.com', 'server_down')
    await engine.dockerd.exec('gated', '/busybox/busybox', 'touch', '/tmp/ready')
    await leadsTo(infrarust, 'gated.example.com', `${await engine.dockerd.address('gated', 'games')}:25565`)
  })

  it('leave the servers of files and of other providers alone', async () => {
    const backend = running.add(await RawBackend.start())
    const list = [{ name: 'panel', domains: ['panel.example.com'], addresses: [`127.0.0.1:${backend.port}`] }]
    const panel = createServer((_request, response) => response.end(JSON.stringify(list))).listen(0, '127.0.0.1')
    await once(panel, 'listening')
    running.add({ stop: async () => panel.close() })
    const { port } = panel.address() as AddressInfo
    const provider = join(import.meta.dirname, '../../../docs/examples/http-provider.ts')
    const infrarust = running.add(
      await Infrarust.start({
        toml: `
[docker]
endpoint = "${engine.dockerd.endpoint}"
[[provider]]
use = "${provider}"
[provider.options]
url = "http://127.0.0.1:${port}/"
interval_seconds = 1
`,
        servers: { file: `domains = ["file.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    await engine.dockerd.run('lobby', { network: 'games', labels: { 'infrarust.enable': 'true' } })
    await leadsTo(infrarust, 'panel.example.com', `127.0.0.1:${backend.port}`)
    await leadsTo(infrarust, 'file.example.com', `127.0.0.1:${backend.port}`)
    await leadsTo(infrarust, 'lobby.docker.local', `${await engine.dockerd.address('lobby', 'games')}:25565`)
    await engine.dockerd.remove('lobby')
    await leadsTo(infrarust, 'lobby.docker.local', 'server_down')
    await leadsTo(infrarust, 'panel.example.com', `127.0.0.1:${backend.port}`)
    await leadsTo(infrarust, 'file.example.com', `127.0.0.1:${backend.port}`)
  })

  it('come and go with the [docker] table while the proxy runs', async () => {
    await engine.dockerd.run('lobby', { network: 'games', labels: { 'infrarust.enable': 'true' } })
    const infrarust = running.add(await Infrarust.start())
    infrarust.writeConfiguration(`[docker]\nendpoint = "${engine.dockerd.endpoint}"\n`)
    await leadsTo(infrarust, 'lobby.docker.local', `${await engine.dockerd.address('lobby', 'games')}:25565`)
    infrarust.writeConfiguration('')
    await leadsTo(infrarust, 'lobby.docker.local', 'unknown_domain')
  })
})
