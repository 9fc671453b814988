import { encodeV2 } from '@infrarust/proxy-protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Policy } from '../../src/entries/policy.ts'
import { IpFilter, type RateLimitConfig, RateLimits, readGateway, type Server } from '../../src/index.ts'
import {
  handshake,
  jsonIn,
  LOCAL_HEADER,
  legacyLogin,
  loginStart,
  ping16,
  STATUS_REQUEST,
} from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, SERVER_DEFAULTS, serverTo } from '../gateway/fixtures.ts'

const DEFAULTS = readGateway({}).config.rateLimit
const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])
const TOLD = 'You connect too often. Wait a moment, then try again.'

let limits: RateLimits
let simulation: Simulation

function simulate(
  changes: Partial<RateLimitConfig> = {},
  servers: readonly Server[] = [],
  before: Policy[] = [],
): void {
  limits = new RateLimits({ ...DEFAULTS, ...changes })
  simulation = new Simulation({
    listener: listenerConfig({ mode: 'optional', trusted: [{ family: 'ipv4', address: '10.0.0.2', prefix: 32 }] }),
    servers: [serverTo('a', ['a.example.com'], 1), ...servers],
    policies: [...before, limits],
  })
}
beforeEach(() => simulate())

function login(address = '192.0.2.1', domain = 'a.example.com', name = 'Steve'): SimulatedClient {
  return simulation.accept({ address, port: 5 }).send(handshake(domain), loginStart(name))
}

/** Many behind one address, each by a name of their own: one name many times at once is a loop. */
function players(count: number): SimulatedClient[] {
  return Array.from({ length: count }, (_, index) => login('192.0.2.1', 'a.example.com', `Player${index}`))
}

function ping(address = '192.0.2.1'): SimulatedClient {
  return simulation.accept({ address, port: 5 }).send(STATUS)
}

/** What became of each. */
function outcomes(clients: readonly SimulatedClient[]): readonly string[] {
  return clients.map(({ record, decision, received }) => {
    // A refused ping may still measure the way.
    if (received.includes(TOLD)) return 'rate_limited'
    return record?.reason ?? decision?.kind ?? 'nothing'
  })
}

function headerFrom(address: string): Uint8Array {
  const source = { address: `::ffff:${address}`, port: 7 }
  return encodeV2({ command: 'PROXY', source, destination: { address: '2001:db8::1', port: 25_565 } })
}

function times<T>(count: number, make: () => T): readonly T[] {
  return Array.from({ length: count }, make)
}

describe('logins', () => {
  it('pass three times in ten seconds unless the configuration says otherwise', () => {
    expect(outcomes(times(5, () => login()))).toEqual(['relay', 'relay', 'relay', 'rate_limited', 'rate_limited'])
    expect(jsonIn(login().received)).toBe(TOLD)
    expect(outcomes([login('192.0.2.2')])).toEqual(['relay'])
    simulation.advance(9_999)
    expect(outcomes([login()])).toEqual(['rate_limited'])
    simulation.advance(1)
    expect(outcomes([login()])).toEqual(['relay'])
  })

  it('of every generation are counted together, also for names that lead nowhere', () => {
    const legacy = (): SimulatedClient =>
      simulation.accept({ address: '192.0.2.1', port: 5 }).send(legacyLogin('Steve', 'a.example.com'))
    const all = [login(), legacy(), login('192.0.2.1', 'nowhere.example.com'), legacy(), login()]
    expect(outcomes(all)).toEqual(['relay', 'relay', 'unknown_domain', 'rate_limited', 'rate_limited'])
  })

  it('are counted before Login Start: a client that never sends it is no way around', () => {
    const mute = (): SimulatedClient => simulation.accept().send(handshake('a.example.com'))
    expect(outcomes(times(4, mute))).toEqual(['await', 'await', 'await', 'rate_limited'])
  })

  it('have no limit where it is 0', () => {
    simulate({ maxConnections: 0 })
    expect(new Set(outcomes(players(50)))).toEqual(new Set(['relay']))
  })
})

describe('pings', () => {
  it('have a budget of their own, legacy ones included', () => {
    simulate({ statusMax: 3 })
    const legacy = (): SimulatedClient =>
      simulation.accept({ address: '192.0.2.1', port: 5 }).send(ping16('a.example.com'))
    expect(outcomes([ping(), legacy(), ping(), legacy(), ping()])).toEqual([
      'relay',
      'relay',
      'relay',
      'rate_limited',
      'rate_limited',
    ])
    expect(jsonIn(ping().received)).toMatchObject({ description: TOLD })
    expect(outcomes([login()])).toEqual(['relay'])
  })

  it('have no limit where it is 0', () => {
    simulate({ statusMax: 0 })
    expect(new Set(outcomes(times(100, () => ping())))).toEqual(new Set(['relay']))
  })
})

describe('a client', () => {
  it('is an IPv4 address or an IPv6 /64', () => {
    expect(outcomes([1, 2, 3, 4].map((host) => login(`2001:db8:1:2::${host}`)))).toEqual([
      'relay',
      'relay',
      'relay',
      'rate_limited',
    ])
    expect(outcomes([login('2001:db8:1:3::1')])).toEqual(['relay'])
  })

  it('is a network of another size where the configuration says so', () => {
    simulate({ maxConnections: 1, ipv4Prefix: 24, ipv6Prefix: 48 })
    expect(outcomes([login('192.0.2.1'), login('192.0.2.200'), login('192.0.3.1')])).toEqual([
      'relay',
      'rate_limited',
      'relay',
    ])
    expect(outcomes([login('2001:db8:1:1::1'), login('2001:db8:1:2::1')])).toEqual(['relay', 'rate_limited'])
  })

  it('behind a load balancer is the one that its header names', () => {
    const through = (address: string): SimulatedClient =>
      simulation
        .accept({ address: '10.0.0.2', port: 9 })
        .send(headerFrom(address), handshake('a.example.com'), loginStart())
    expect(outcomes(times(4, () => through('203.0.113.1'))).at(-1)).toBe('rate_limited')
    expect(outcomes([through('203.0.113.2'), login('203.0.113.1')])).toEqual(['relay', 'rate_limited'])
  })

  it('that is exempt is neither limited nor counted', () => {
    simulate({ maxConcurrent: 1, acceptRate: 1, exempt: [{ family: 'ipv4', address: '192.0.2.0', prefix: 24 }] })
    expect(new Set(outcomes(players(20)))).toEqual(new Set(['relay']))
  })
})

describe('a health check', () => {
  const fromBalancer = (...bytes: readonly Uint8Array[]): SimulatedClient =>
    simulation.accept({ address: '10.0.0.2', port: 9 }).send(LOCAL_HEADER, ...bytes)

  it('with LOCAL is exempt, however often it pings', () => {
    simulate({ statusMax: 1, acceptRate: 1 })
    expect(new Set(outcomes(times(20, () => fromBalancer(STATUS))))).toEqual(new Set(['relay']))
  })

  it('that turns out to be a login is limited by its peer', () => {
    const logins = times(4, () => fromBalancer(handshake('a.example.com'), loginStart()))
    expect(outcomes(logins)).toEqual(['relay', 'relay', 'relay', 'rate_limited'])
    expect(logins.at(-1)?.record).toMatchObject({ client: '10.0.0.2', proxy_command: 'LOCAL' })
  })
})

describe('what another rule refuses', () => {
  it('uses up no budget, whether it refuses before or after', () => {
    const bans: Policy = {
      name: 'bans',
      admitPlayer: (_, { name }) => (name === 'Griefer' ? { reason: 'banned' } : undefined),
    }
    const filter = new IpFilter(
      { ...SERVER_DEFAULTS.ipFilter, blacklist: [{ family: 'ipv4', address: '192.0.2.66', prefix: 32 }] },
      {
        has: () => false,
      },
    )
    simulate({ acceptRate: 4 }, [], [filter, bans])
    times(10, () => login('192.0.2.66'))
    expect(new Set(outcomes(times(3, () => login('192.0.2.1', 'a.example.com', 'Griefer'))))).toEqual(
      new Set(['banned']),
    )
    simulation.advance(1_000)
    expect(new Set(outcomes(times(3, () => login('192.0.2.1', 'a.example.com', 'Griefer'))))).toEqual(
      new Set(['banned']),
    )
    simulation.advance(1_000)
    expect(outcomes(times(4, () => login()))).toEqual(['relay', 'relay', 'relay', 'rate_limited'])
  })
})

describe('max_concurrent', () => {
  it('counts sessions and logins on their way, and lets go of each once', () => {
    simulate({ maxConnections: 0, maxConcurrent: 2 })
    const first = login().dialled()
    const second = login()
    expect(outcomes([login(), login('192.0.2.2')])).toEqual(['rate_limited', 'relay'])
    first.finish({ by: 'client', how: 'fin' })
    expect(outcomes([login(), login()])).toEqual(['relay', 'rate_limited'])
    second.dialFailed()
    expect(second.record).toMatchObject({ reason: 'server_down' })
    expect(outcomes([login(), login()])).toEqual(['relay', 'rate_limited'])
    expect(outcomes([ping()])).toEqual(['relay'])
  })

  it('finds the sessions that are there when it is set', () => {
    simulate({ maxConnections: 0 })
    times(3, () => login().dialled())
    limits.use({ ...DEFAULTS, maxConnections: 0, maxConcurrent: 3 })
    expect(outcomes([login(), login('192.0.2.2')])).toEqual(['rate_limited', 'relay'])
  })
})

describe('accept_rate', () => {
  it('is of all clients together, and of a second', () => {
    simulate({ acceptRate: 2 })
    expect(outcomes([login('192.0.2.1'), ping('192.0.2.2'), login('192.0.2.3')])).toEqual([
      'relay',
      'relay',
      'rate_limited',
    ])
    simulation.advance(1_000)
    expect(outcomes([login('192.0.2.3')])).toEqual(['relay'])
  })
})

describe('a server', () => {
  const own = (rateLimit: Partial<Server['rateLimit']>): Server =>
    serverTo('b', ['b.example.com'], 2, { rateLimit: { ...SERVER_DEFAULTS.rateLimit, ...rateLimit } })
  const there = (address = '192.0.2.1'): SimulatedClient => login(address, 'b.example.com')

  it('with numbers of its own counts for itself', () => {
    simulate({}, [own({ maxConnections: 1 })])
    expect(outcomes([there(), there()])).toEqual(['relay', 'rate_limited'])
    expect(outcomes(times(4, () => login()))).toEqual(['relay', 'relay', 'relay', 'rate_limited'])
  })

  it('replaces key by key: a window of its own keeps the global number', () => {
    simulate({}, [own({ windowMs: 60_000 })])
    expect(outcomes(times(4, there)).at(-1)).toBe('rate_limited')
    simulation.advance(10_000)
    expect(outcomes([there(), login()])).toEqual(['rate_limited', 'relay'])
    simulation.advance(50_000)
    expect(outcomes([there()])).toEqual(['relay'])
  })

  it('may switch a limit off, exempt others, and have its own second', () => {
    simulate({ exempt: [{ family: 'ipv4', address: '192.0.2.1', prefix: 32 }] }, [
      own({ maxConnections: 0, acceptRate: 2, exempt: [] }),
    ])
    expect(outcomes([there(), there(), there()])).toEqual(['relay', 'relay', 'rate_limited'])
    simulation.advance(1_000)
    expect(outcomes([there('192.0.2.7'), login(), login(), login(), login()])).toEqual([
      'relay',
      'relay',
      'relay',
      'relay',
      'relay',
    ])
  })

  it('with a max_concurrent of its own looks at its own sessions', () => {
    simulate({ maxConnections: 0, maxConcurrent: 2 }, [own({ maxConcurrent: 1 })])
    times(2, () => login().dialled())
    expect(outcomes([login(), there(), there()])).toEqual(['rate_limited', 'relay', 'rate_limited'])
  })
})

it('a change of numbers keeps what was counted', () => {
  times(3, () => login())
  limits.use({ ...DEFAULTS, maxConnections: 4 })
  expect(outcomes([login(), login()])).toEqual(['relay', 'rate_limited'])
  limits.use({ ...DEFAULTS, maxConnections: 0 })
  expect(outcomes([login()])).toEqual(['relay'])
  limits.use(DEFAULTS)
  expect(outcomes([login()])).toEqual(['rate_limited'])
})

it('a million pinging addresses cost no more than the stated bound', { timeout: 60_000 }, () => {
  const client = { id: 1, listener: 'main', peer: { address: '10.0.0.2', port: 1 }, isHealthCheck: false, at: 0 }
  let refused = 0
  const intent = { intent: 'status', domain: undefined, protocol: undefined } as const
  for (let number = 0; number < 1_000_000; number++) {
    const address = `2001:db8:${(number >> 16).toString(16)}:${(number & 0xffff).toString(16)}::1`
    if (limits.admitToServer({ ...client, client: { address, port: 1 } }, intent, undefined) !== undefined) refused++
  }
  expect(refused).toBe(0)
  expect(limits.bytes).toBeLessThanOrEqual(64 * 1_048_576)
})
