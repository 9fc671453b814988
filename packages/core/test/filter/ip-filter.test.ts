import { encodeV2 } from '@infrarust/proxy-protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Cidr, IpFilter, type IpFilterConfig, type PrefixTable, parseCidr, prefixSet } from '../../src/index.ts'
import {
  handshake,
  jsonIn,
  LOCAL_HEADER,
  legacyText,
  loginStart,
  ping16,
  STATUS_REQUEST,
} from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const NOTHING: IpFilterConfig = { whitelist: [], blacklist: [], whitelistFile: undefined, blacklistFile: undefined }
const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])

let files: Map<string, PrefixTable<Cidr>>
let filter: IpFilter
let simulation: Simulation

beforeEach(() => filtered({}))

function networks(texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => {
    const parsed = parseCidr(text)
    if (parsed.kind === 'invalid') throw new Error(parsed.message)
    return parsed.cidr
  })
}

function filtered(global: Partial<IpFilterConfig>, ofServer: Partial<IpFilterConfig> = {}): void {
  files = new Map()
  filter = new IpFilter({ ...NOTHING, ...global }, { has: (path, address) => files.get(path)?.has(address) ?? false })
  simulation = new Simulation({
    listener: listenerConfig({ mode: 'optional', trusted: networks(['10.0.0.2']) }),
    servers: [
      serverTo('a', ['a.example.com'], 1),
      serverTo('b', ['b.example.com'], 2, { ipFilter: { ...NOTHING, ...ofServer } }),
    ],
    policies: [filter],
  })
}

function login(address: string, domain = 'a.example.com'): SimulatedClient {
  return simulation.accept({ address, port: 5 }).send(handshake(domain), loginStart())
}

function through(address: string, ...bytes: readonly Uint8Array[]): SimulatedClient {
  const header = encodeV2({
    command: 'PROXY',
    source: { address, port: 7 },
    destination: { address: address.includes(':') ? '2001:db8::1' : '198.51.100.2', port: 25_565 },
  })
  return simulation.accept({ address: '10.0.0.2', port: 9 }).send(header, ...bytes)
}

function isIn({ decision }: SimulatedClient): boolean {
  return decision?.kind === 'relay'
}

describe('a filter', () => {
  it('lets everybody in as long as it says nothing', () => {
    expect(isIn(login('192.0.2.1'))).toBe(true)
  })

  it('keeps out who is on the blacklist, in both families', () => {
    filtered({ blacklist: networks(['192.0.2.0/24', '2001:db8:bad::/48']) })
    expect(['192.0.2.1', '192.0.3.1', '2001:db8:bad::1', '2001:db8::1'].map((address) => isIn(login(address)))).toEqual(
      [false, true, false, true],
    )
    expect(login('192.0.2.1').record).toMatchObject({ reason: 'filtered', client: '192.0.2.1' })
    expect(jsonIn(login('192.0.2.1').received)).toBe('You may not connect from this address.')
  })

  it('lets in only who is on the whitelist, and of those nobody from the blacklist', () => {
    filtered({ whitelist: networks(['192.0.2.0/24']), blacklist: networks(['192.0.2.66']) })
    expect(['192.0.2.1', '192.0.2.66', '198.51.100.1'].map((address) => isIn(login(address)))).toEqual([
      true,
      false,
      false,
    ])
  })

  it('judges the client that a header names, mapped addresses as IPv4', () => {
    filtered({ blacklist: networks(['203.0.113.7']) })
    const bytes = [handshake('a.example.com'), loginStart()]
    expect(isIn(through('203.0.113.7', ...bytes))).toBe(false)
    expect(isIn(through('::ffff:203.0.113.7', ...bytes))).toBe(false)
    expect(isIn(through('203.0.113.8', ...bytes))).toBe(true)
  })

  it('decides before the handshake is read', () => {
    filtered({ blacklist: networks(['192.0.2.1']) })
    // The first byte of a handshake: there is no header.
    const mute = simulation.accept({ address: '192.0.2.1', port: 5 }).send(Uint8Array.of(0x10))
    expect(simulation.gateway.live()).toMatchObject([{ state: 'refusing' }])
    simulation.advance(1_000)
    expect(mute.record).toMatchObject({ reason: 'filtered' })
  })

  it('answers pings of every generation in their own protocol', () => {
    filtered({ blacklist: networks(['192.0.2.1']) })
    const from = { address: '192.0.2.1', port: 5 }
    const text = 'You may not connect from this address.'
    expect(jsonIn(simulation.accept(from).send(STATUS).received)).toMatchObject({ description: text })
    expect(legacyText(simulation.accept(from).send(ping16('a.example.com')).received)).toContain(text)
  })

  it('changes for the next connection', () => {
    const session = login('192.0.2.1').dialled()
    filter.use({ ...NOTHING, blacklist: networks(['192.0.2.1']) })
    expect(isIn(login('192.0.2.1'))).toBe(false)
    expect(session.isFinished).toBe(false)
    filter.use(NOTHING)
    expect(isIn(login('192.0.2.1'))).toBe(true)
  })
})

describe('a list in a file', () => {
  it('counts beside the one of the configuration, and from the moment it changes', () => {
    filtered({ blacklist: networks(['192.0.2.1']), blacklistFile: 'blocked.txt' })
    expect(isIn(login('192.0.2.2'))).toBe(true)
    files.set('blocked.txt', prefixSet(networks(['192.0.2.2'])))
    expect(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => isIn(login(address)))).toEqual([false, false, true])
  })

  it('that is a whitelist with nobody on it lets nobody in', () => {
    filtered({ whitelistFile: 'friends.txt' })
    expect(isIn(login('192.0.2.2'))).toBe(false)
    files.set('friends.txt', prefixSet(networks(['192.0.2.2'])))
    expect(isIn(login('192.0.2.2'))).toBe(true)
  })
})

describe('the filter of a server', () => {
  it('comes after the global one, and concerns that server alone', () => {
    filtered({ blacklist: networks(['192.0.2.66']) }, { whitelist: networks(['192.0.2.0/24']) })
    expect([login('192.0.2.1', 'b.example.com'), login('198.51.100.1', 'b.example.com')].map(isIn)).toEqual([
      true,
      false,
    ])
    expect([login('192.0.2.66', 'b.example.com'), login('198.51.100.1')].map(isIn)).toEqual([false, true])
    expect(login('198.51.100.1', 'b.example.com').record).toMatchObject({ reason: 'filtered', server: 'b' })
  })
})

describe('a health check with LOCAL', () => {
  const check = (...bytes: readonly Uint8Array[]): SimulatedClient =>
    simulation.accept({ address: '10.0.0.2', port: 9 }).send(LOCAL_HEADER, ...bytes)

  it('need not be on a list of players, until it turns out to be one', () => {
    filtered({ whitelist: networks(['192.0.2.0/24']) })
    expect(isIn(check(STATUS))).toBe(true)
    expect(check(handshake('a.example.com'), loginStart()).record).toMatchObject({
      reason: 'filtered',
      client: '10.0.0.2',
    })
  })

  it('falls under a blacklist', () => {
    filtered({ blacklist: networks(['10.0.0.2']) })
    expect(isIn(check(STATUS))).toBe(false)
  })
})
