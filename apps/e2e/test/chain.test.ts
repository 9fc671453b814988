import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { leave, login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { Nginx } from '../fixtures/nginx.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const PLAYER = '127.0.0.77'

// The whole way of a player: client library → HAProxy → Infrarust → a hop that wants a header → real server.
describe
  .runIf(havePeers('the chain through real load balancers', 'haproxy', 'nginx'))
  .each(['send-proxy-v2', 'send-proxy'])('behind HAProxy with %s', (sends) => {
  const version = sends === 'send-proxy' ? 1 : 2
  const running = new Running()
  let backend: MinecraftServer
  let infrarust: Infrarust
  let port: number

  beforeAll(async () => {
    backend = running.add(await MinecraftServer.start({ motd: 'survival' }))
    infrarust = running.add(
      await Infrarust.start({
        // Each list ping goes the whole way, as a login does: the status cache would ask for itself.
        toml: 'receive_proxy_protocol = true\n[status_cache]\nttl = "0s"\n',
      }),
    )
    port = running.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: sends })).port
  })
  afterAll(() => running.stopAll())

  /** Leads a domain of this name to the last hop, which wants a header. */
  async function leadsTo(name: string, lastHopPort: number): Promise<void> {
    const place = `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:${lastHopPort}"]\n`
    infrarust.writeServer(name, `${place}send_proxy_protocol = true\n`)
    await infrarust.logged(`server \\"${name}\\" added`)
  }

  it('tells a last hop of HAProxy the player’s own address, for a list ping and for a login', async () => {
    const last = running.add(await Haproxy.start({ bind: 'accept-proxy', to: `127.0.0.1:${backend.port}` }))
    await leadsTo('haproxy', last.port)

    const answer = await ping({ port, domain: 'haproxy.example.com', from: PLAYER })
    expect(JSON.stringify(answer)).toContain('survival')
    await last.sawClient(PLAYER, answer.port)
    const pinged = await infrarust.record((record) => record.intent === 'status')
    expect(pinged).toMatchObject({
      client: PLAYER,
      client_port: answer.port,
      peer: '127.0.0.1',
      proxy_version: version,
      proxy_command: 'PROXY',
      server: 'haproxy',
    })

    const joined = await login({ port, domain: 'haproxy.example.com', from: PLAYER, name: 'Alex' })
    if (joined.kind !== 'joined') throw new Error(`not let in: ${JSON.stringify(joined)}`)
    expect(backend.players.map((player) => player.name)).toEqual(['Alex'])
    await leave(joined.client)
    await last.sawClient(PLAYER, joined.seen.port)
    const played = await infrarust.record((record) => record.intent === 'login')
    expect(played).toMatchObject({
      client: PLAYER,
      client_port: joined.seen.port,
      player: 'Alex',
      domain: 'haproxy.example.com',
      reason: 'client_closed',
    })
    expect(played.bytes_in).toBeGreaterThan(0)
    expect(played.bytes_out).toBeGreaterThan(0)
  })

  it('tells a last hop of nginx the player’s own address', async () => {
    const last = running.add(await Nginx.start({ listen: 'proxy_protocol', to: `127.0.0.1:${backend.port}` }))
    await leadsTo('nginx', last.port)

    const joined = await login({ port, domain: 'nginx.example.com', from: PLAYER })
    if (joined.kind !== 'joined') throw new Error(`not let in: ${JSON.stringify(joined)}`)
    await leave(joined.client)
    await last.sawClient(PLAYER, joined.seen.port)
  })
})
