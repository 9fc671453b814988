import { join } from 'node:path'
import { folderWith, freePort, loginBytes, RawBackend, RawClient } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

function server(port: number, name: string, sends: string): string {
  return `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:${port}"]\nsend_proxy_protocol = ${sends}\n`
}

async function doctor(servers: Readonly<Record<string, string>>) {
  const files = Object.entries(servers).map(([name, toml]) => [`servers/${name}.toml`, toml])
  const folder = folderWith({ 'infrarust.toml': 'bind = "127.0.0.1:0"\n', ...Object.fromEntries(files) })
  return await command('doctor', '--json', '--config', join(folder, 'infrarust.toml'))
}

describe.runIf(havePeers('doctor and a backend behind HAProxy', 'haproxy'))('doctor and real backends', () => {
  it('tells the two that are configured rightly from the two that are not, the dead one and the mute one', async () => {
    const plain = running.add(await MinecraftServer.start())
    const expecting = running.add(await Haproxy.start({ bind: 'accept-proxy', to: `127.0.0.1:${plain.port}` }))
    const mute = running.add(await RawBackend.start({ onConnection: () => {} }))
    const dead = await freePort()

    const { stdout, stderr, code } = await doctor({
      'expects-and-gets': server(expecting.port, 'a', 'true'),
      'expects-and-lacks': server(expecting.port, 'b', 'false'),
      'expects-none-and-gets': server(plain.port, 'c', 'true'),
      'expects-none': server(plain.port, 'd', 'false'),
      dead: server(dead, 'e', 'false'),
      mute: server(mute.port, 'f', 'true'),
    })
    expect(code).toBe(1)
    const answer: { servers: { id: string }[] } = JSON.parse(stdout)
    const byId = new Map(answer.servers.map((each) => [each.id, each]))
    expect(Object.keys(answer)).toEqual(['servers'])
    expect(byId.get('expects-and-gets')).toEqual({
      id: 'expects-and-gets',
      verdict: 'ok',
      send_proxy_protocol: 2,
      endpoints: [{ address: `127.0.0.1:${expecting.port}`, none: 'closed', v1: 'answered', v2: 'answered' }],
      fix: null,
    })
    expect(byId.get('expects-and-lacks')).toMatchObject({
      verdict: 'needs_header',
      send_proxy_protocol: false,
      fix: expect.stringContaining('set send_proxy_protocol = true in'),
    })
    const unexpected = byId.get('expects-none-and-gets')
    expect(unexpected).toMatchObject({ verdict: 'unexpected_header', endpoints: [{ none: 'answered' }] })
    for (const key of ['haproxy-protocol = true', 'proxy_protocol: true', 'proxies.proxy-protocol: true'])
      expect(unexpected).toMatchObject({ fix: expect.stringContaining(key) })
    expect(byId.get('expects-none')).toMatchObject({ verdict: 'ok', fix: null })
    expect(byId.get('dead')).toMatchObject({
      verdict: 'unreachable',
      endpoints: [{ none: 'unreachable', v1: 'unreachable', v2: 'unreachable' }],
    })
    expect(byId.get('mute')).toMatchObject({
      verdict: 'no_answer',
      endpoints: [{ none: 'silent', v1: 'silent', v2: 'silent' }],
    })
    expect(stderr).toContain('6/6')
    expect(plain.players).toEqual([])
  })
  it('checks a server in the background whose connections keep ending at once, and gives one hint', async () => {
    const plain = running.add(await MinecraftServer.start())
    const expecting = running.add(await Haproxy.start({ bind: 'accept-proxy', to: `127.0.0.1:${plain.port}` }))
    const infrarust = running.add(await Infrarust.start({ servers: { s: server(expecting.port, 'a', 'false') } }))
    for (let player = 1; player <= 6; player++) {
      const client = running.raw(await RawClient.open(infrarust.port, { from: `127.0.${player}.1` }))
      client.send(loginBytes('a.example.com', `Player${player}`))
      await client.closed()
    }
    const line = await infrarust.logged('keep ending at once (needs_header)')
    expect(JSON.parse(line)).toMatchObject({ event: 'mismatch', server: 's', verdict: 'needs_header', level: 'warn' })
    expect(line).toContain('set send_proxy_protocol = true in')
    expect(infrarust.child.lines.filter((each) => each.includes('"event":"mismatch"'))).toHaveLength(1)
  })
})
