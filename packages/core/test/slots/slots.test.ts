import { beforeEach, describe, expect, it } from 'vitest'
import { type Server, Slots } from '../../src/index.ts'
import { handshake, jsonIn, legacyLogin, loginStart, STATUS_REQUEST } from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo, tableOf } from '../gateway/fixtures.ts'

let slots: Slots
let simulation: Simulation
let servers: readonly Server[]

beforeEach(() => serve(2))

function serve(maxPlayers: number): void {
  slots = new Slots()
  servers = [serverTo('a', ['a.example.com'], 1, { maxPlayers })]
  simulation = new Simulation({
    listener: listenerConfig(),
    servers,
    policies: [slots],
    surroundings: {
      routes: {
        route: (domain: string | undefined) => tableOf(servers).route(domain),
        nextTable: () => new Promise(() => undefined),
      },
    },
  })
}

function login(): SimulatedClient {
  return simulation.accept().send(handshake('a.example.com'), loginStart())
}

function isFull(client: SimulatedClient): boolean {
  return client.record?.reason === 'full'
}

describe('a server with two slots', () => {
  it('takes two players, tells the third, and takes the next when one has left', () => {
    const first = login().dialled()
    login().dialled()
    const third = login()
    expect(isFull(third)).toBe(true)
    expect(jsonIn(third.received)).toBe('a is full.')
    first.finish({ by: 'client', how: 'fin' })
    expect([isFull(login()), isFull(login())]).toEqual([false, true])
  })

  it('counts players on their way: two who come at once cannot both take the last slot', () => {
    expect([login(), login(), login()].map(isFull)).toEqual([false, false, true])
    expect(slots.taken('a')).toBe(2)
  })

  it('keeps no slot for who has not said their name, for pings, or for who is refused', () => {
    for (let count = 0; count < 5; count++) {
      simulation.accept().send(handshake('a.example.com'))
      simulation.accept().send(handshake('a.example.com', 'status'), STATUS_REQUEST)
    }
    expect(slots.taken('a')).toBe(0)
    login()
    expect(isFull(simulation.accept().send(legacyLogin('Steve', 'a.example.com')))).toBe(false)
    for (let count = 0; count < 5; count++) expect(isFull(login())).toBe(true)
    expect(slots.taken('a')).toBe(2)
  })

  it.each([
    ['a failed dial', (client: SimulatedClient) => client.dialFailed()],
    ['a reset while it is dialled', (client: SimulatedClient) => client.end('reset')],
    ['a session that ends', (client: SimulatedClient) => client.dialled().finish({ by: 'server', how: 'fin' })],
    [
      'a cut',
      (client: SimulatedClient) => {
        client.dialled()
        simulation.gateway.cut({ kind: 'player', name: 'Steve' }, { reason: 'kicked' })
      },
    ],
  ])('gives a slot back exactly once after %s', (_, end) => {
    const leaver = login()
    end(leaver)
    leaver.finish({ by: 'client', how: 'fin' })
    expect(slots.taken('a')).toBe(0)
    expect([login(), login(), login()].map(isFull)).toEqual([false, false, true])
  })

  it('follows a number that changes, and finds the players who are there', () => {
    serve(0)
    for (let count = 0; count < 5; count++) expect(isFull(login().dialled())).toBe(false)
    servers = [serverTo('a', ['a.example.com'], 1, { maxPlayers: 5 })]
    expect(isFull(login())).toBe(true)
    servers = [serverTo('a', ['a.example.com'], 1, { maxPlayers: 6 })]
    expect([login(), login()].map(isFull)).toEqual([false, true])
  })

  it('is told to be down, not full, while it does not run', () => {
    login()
    login()
    servers = [serverTo('a', ['a.example.com'], 1, { maxPlayers: 2, state: 'offline' })]
    expect(isFull(login())).toBe(false)
  })
})
