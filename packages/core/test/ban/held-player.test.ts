import { describe, expect, it } from 'vitest'
import { BanIndex } from '../../src/ban/ban-index.ts'
import { banPolicy, cutBanned, type Endpoints } from '../../src/index.ts'
import { handshake, jsonIn, loginStart } from '../connection/packets.ts'
import { Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { ban } from './fixtures.ts'

/** A player who waits for the addresses of a server; `resolve` gives them. */
function held() {
  const bans = new BanIndex()
  const { promise: done, resolve } = Promise.withResolvers<void>()
  let endpoints: Endpoints = { kind: 'pending', done }
  const simulation = new Simulation({
    listener: listenerConfig(),
    servers: [serverTo('a', ['a.example.com'], 1)],
    policies: [banPolicy(bans)],
    surroundings: { endpoints: { of: () => endpoints } },
  })
  const client = simulation.accept().send(handshake('a.example.com'), loginStart())
  expect(client.decision?.kind).toBe('hold')
  return {
    bans,
    simulation,
    client,
    async resolve() {
      endpoints = { kind: 'ready', endpoints: [{ host: '127.0.0.1', address: '127.0.0.1', port: 1 }] }
      resolve()
      await done
      await Promise.resolve()
    },
  }
}

describe('a ban that lands while its player is held', () => {
  it('lets others go on', async () => {
    const { bans, client, resolve } = held()
    bans.add([ban('Alex'), ban('203.0.113.99')])
    await resolve()
    expect(client.decision?.kind).toBe('relay')
  })
  it.each(['steve', '0.0.0.0/0'])('is found by %s before anything is dialled', async (target) => {
    const { bans, client, resolve } = held()
    bans.add([ban(target, { reason: 'griefing' })])
    await resolve()
    expect(client.decision).toMatchObject({ kind: 'respond', then: { kind: 'close' } })
    expect(jsonIn(client.received)).toContain('griefing')
  })
  it('ends the wait at once', () => {
    const { simulation, client } = held()
    expect(cutBanned(simulation.gateway, [ban('STEVE', { reason: 'griefing' })], 0)).toBe(1)
    expect(client.decision).toMatchObject({ kind: 'respond', then: { kind: 'close' } })
    client.finish({ by: 'gateway', how: 'closed' })
    expect(client.record).toMatchObject({ reason: 'banned' })
  })
})
