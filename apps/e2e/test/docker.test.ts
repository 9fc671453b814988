import { afterEach, describe, expect, it } from 'vitest'
import { leadsTo } from '../fixtures/dockerd-routes.ts'
import { SharedEngine } from '../fixtures/engine.ts'
import { leave, login, ping } from '../fixtures/minecraft-client.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(havePeers('containers as servers', 'dockerd'))('containers of a real engine', () => {
  const engine = new SharedEngine(running)

  it('are reached by their domains, and see the address of the player', async () => {
    const labels = {
      'infrarust.enable': 'TRUE',
      'infrarust.domains': 'lobby.example.com,\n *.hub.example.com ',
      'infrarust.name': 'The lobby',
      'infrarust.port': '25565',
      'infrarust.network': 'games',
      'infrarust.proxy_mode': 'passthrough',
      'infrarust.send_proxy_protocol': 'yes',
      'infrarust.proxy_protocol.add_authority': 'true',
      'infrarust.domain_rewrite': 'none',
      'infrarust.timeouts.connect': '3s',
    }
    await engine.dockerd.run('lobby', { network: 'games', labels })
    // Each ping goes to the server itself, so that the address of the player does too.
    const infrarust = await engine.proxy('[status_cache]\nttl = "0s"\n')
    const endpoint = `${await engine.dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', endpoint)

    for (const domain of ['lobby.example.com', 'eu.hub.example.com']) {
      const answer = await ping({ port: infrarust.port, domain, from: '127.0.0.7' })
      expect(answer).toMatchObject({ description: { text: `lobby sees 127.0.0.7 ${answer.port}` } })
    }
    const end = await login({ port: infrarust.port, domain: 'lobby.example.com', from: '127.0.0.8', name: 'Alex' })
    if (end.kind !== 'joined') throw new Error(JSON.stringify(end))
    await leave(end.client)
    const record = await infrarust.record(({ player }) => player === 'Alex')
    expect(record).toMatchObject({ server: 'lobby', endpoint, client: '127.0.0.8', client_port: end.seen.port })
  })
})
