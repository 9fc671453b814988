import { describe, expect, it } from 'vitest'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, hex, jsonIn, loginStart, STATUS_REQUEST } from './packets.ts'
import { Simulation } from './simulation.ts'

const A = serverTo('a', ['a.example.com'], 1)
const B = serverTo('b', ['2001:db8::1'], 2, { isDefault: true })

function simulate(): Simulation {
  return new Simulation({ listener: listenerConfig(), servers: [A, B] })
}

describe('a client that opens in a way of its own', () => {
  // The three bytes of mcstatus and of HAProxy's check waited for ten seconds, and got no answer.
  it.each([
    ['says no more', (simulation: Simulation) => simulation.advance(300)],
    ['closes its side', (simulation: Simulation) => simulation.clients.get(1)?.end()],
  ])('is answered as an older one when it %s after fe 01 fa', (_, go) => {
    const simulation = simulate()
    const client = simulation.accept().send(hex('fe01fa'))
    go(simulation)
    expect(client.head()).toEqual(Buffer.from(hex('fe01fa')))
  })

  it.each([
    ['_minecraft._tcp.a.example.com', 'a'],
    ['a.example.com:25565', 'a'],
    ['a.example.com\\0FML', 'a'],
    ['[2001:DB8::1]', 'b'],
    ['2001:db8:0:0::1', 'b'],
  ])('comes to its server by %s', (host, id) => {
    const client = simulate().accept().send(handshake(host), loginStart())
    client.dialled().finish({ by: 'client', how: 'fin' })
    expect(client.record).toMatchObject({ server: id })
  })
})

// mcstatus and monitors read a status without players as that of a server that is down.
it('a status of our own says how many players there are', () => {
  const simulation = new Simulation({ listener: listenerConfig(), servers: [A] })
  const client = simulation.accept().send(handshake('b.example.com', 'status'), STATUS_REQUEST)
  expect(jsonIn(client.received)).toMatchObject({ players: { max: 0, online: 0 } })
})
