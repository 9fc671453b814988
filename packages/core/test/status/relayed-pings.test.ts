import { describe, expect, it, vi } from 'vitest'
import type { Endpoints, StatusSource } from '../../src/index.ts'
import { handshake, STATUS_REQUEST } from '../connection/packets.ts'
import { Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])
const A = serverTo('a', ['a.example.com'], 1)

function simulate(statuses: StatusSource, surroundings: object = {}): Simulation {
  return new Simulation({ listener: listenerConfig(), servers: [A], changes: { statuses }, surroundings })
}

describe('a relayed list ping', () => {
  // Counted twice, or kept while a client stays after its answer, two of them would leave the server unasked.
  it('is counted once although it waits for a name, and given back when the backend has answered', async () => {
    const done = vi.fn()
    const ask = vi.fn(() => ({ kind: 'relay', done }) as const)
    const named = Promise.withResolvers<void>()
    let endpoints: Endpoints = { kind: 'pending', done: named.promise }
    const simulation = simulate({ ask }, { endpoints: { of: () => endpoints } })
    const client = simulation.accept().send(STATUS)
    expect(client.decision?.kind).toBe('hold')
    endpoints = { kind: 'ready', endpoints: [{ host: 'a', address: '127.0.0.1', port: 1 }] }
    named.resolve()
    await new Promise((turn) => setImmediate(turn))
    expect(client.decision?.kind).toBe('relay')
    expect(ask).toHaveBeenCalledTimes(1)
    expect(done).not.toHaveBeenCalled()
    client.dialled()
    expect(done).toHaveBeenCalled()
  })
  it('is given back when its client goes away while it waits', () => {
    const done = vi.fn()
    const endpoints = { of: () => ({ kind: 'pending', done: new Promise(() => undefined) }) as const }
    const simulation = simulate({ ask: () => ({ kind: 'relay', done }) }, { endpoints })
    const client = simulation.accept().send(STATUS)
    expect(client.decision?.kind).toBe('hold')
    client.end('reset')
    expect(done).toHaveBeenCalledTimes(1)
  })
})
