import { describe, expect, it } from 'vitest'
import { EndpointMemory } from '../../src/names/endpoint-memory.ts'
import { handshake, loginStart } from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => ({ host: address, address, port: 1 }))
if (A === undefined || B === undefined || C === undefined) throw new Error('three addresses')

describe('an address that did not answer a connect', () => {
  const order = (memory: EndpointMemory, now: number, isProbe = true) =>
    memory
      .ordered([A, B, C], now, isProbe)
      .map(({ address }) => address.at(-1))
      .join('')

  it('is left for last for a second, then for two, and never longer than thirty', () => {
    const memory = new EndpointMemory()
    let now = 0
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      memory.timedOut(A, now)
      expect(order(memory, now + pause - 1)).toBe('231')
      now += pause
      expect(order(memory, now)).toBe('123')
    }
  })

  it('is probed by one login, while the others go on past it', () => {
    const memory = new EndpointMemory()
    memory.timedOut(A, 0)
    expect(order(memory, 1_000, false)).toBe('231')
    expect([1_000, 1_001, 1_002].map((now) => order(memory, now))).toEqual(['123', '231', '231'])
    // The one that probed it went away without a word.
    expect(order(memory, 11_000)).toBe('123')
  })

  it('is first again when it has taken a connection', () => {
    const memory = new EndpointMemory()
    memory.timedOut(A, 0)
    memory.answered(A)
    expect(order(memory, 1)).toBe('123')
    expect(memory.slow(1)).toEqual([])
  })

  it('keeps its place where no other address is left', () => {
    const memory = new EndpointMemory()
    for (const each of [C, B, A]) memory.timedOut(each, 0)
    expect(order(memory, 1)).toBe('123')
    expect(memory.ordered([A], 1, true)).toEqual([A])
  })

  it('is one of few that are remembered', () => {
    const memory = new EndpointMemory()
    for (let port = 0; port < 10_000; port++) memory.timedOut({ ...A, port }, 0)
    expect(memory.slow(0)).toHaveLength(256)
  })
})

// Each login waited for the whole connect timeout of the first address, one after the other, for as long as it was dead.
describe('the logins of a server whose first address is a black hole', () => {
  const addresses = [
    { host: '10.0.0.1', port: 1 },
    { host: '10.0.0.2', port: 2 },
  ]
  function login(simulation: Simulation): SimulatedClient {
    return simulation.accept().send(handshake('a.example.com'), loginStart())
  }
  const dialled = (client: SimulatedClient) => client.relay.attempts.map(({ address }) => address)

  it('wait for it once, and not for what a client or a refusal did', () => {
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { addresses })],
    })
    for (const cause of ['refused', 'closed_early', 'unreachable'] as const)
      login(simulation).dialled(1, [{ attempt: 0, cause, message: cause }])
    login(simulation).end('reset')
    expect(dialled(login(simulation))).toEqual(['10.0.0.1', '10.0.0.2'])
    login(simulation).dialled(1, [{ attempt: 0, cause: 'timeout', message: 'no connection after 5s' }])
    const [slow] = simulation.gateway.slowEndpoints()
    expect(slow).toEqual({ endpoint: '10.0.0.1:1', retryInMs: 1_000 })
    expect(dialled(login(simulation))).toEqual(['10.0.0.2', '10.0.0.1'])
    simulation.advance(1_000)
    const probe = login(simulation)
    expect(dialled(probe)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(dialled(login(simulation))).toEqual(['10.0.0.2', '10.0.0.1'])
    probe.dialled()
    expect(dialled(login(simulation))).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  it('learn from a dial that failed at every address, too', () => {
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { addresses })],
    })
    login(simulation).dialFailed([
      { attempt: 0, cause: 'timeout', message: 'ETIMEDOUT' },
      { attempt: 1, cause: 'refused', message: 'ECONNREFUSED' },
    ])
    expect(dialled(login(simulation))).toEqual(['10.0.0.2', '10.0.0.1'])
  })
})
