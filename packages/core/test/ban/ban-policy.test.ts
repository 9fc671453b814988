import { describe, expect, it } from 'vitest'
import { BanIndex } from '../../src/ban/ban-index.ts'
import { type Ban, banPolicy, type ClientFacts, cutBanned, type LiveConnection } from '../../src/index.ts'
import { ban } from './fixtures.ts'

const NOW = 1_800_000_000_000

function policyOf(bans: readonly Ban[], clock: { now: number } = { now: NOW }) {
  const index = new BanIndex()
  index.add(bans)
  return { policy: banPolicy(index, () => clock.now), index, clock }
}

function client(address: string): ClientFacts {
  const peer = { address: '10.0.0.1', port: 1 }
  return { id: 1, listener: 'main', peer, client: { address, port: 2 }, isHealthCheck: false, at: 0 }
}

describe('a ban by address', () => {
  it('holds the client and not the load balancer it came through', () => {
    const { policy } = policyOf([ban('203.0.113.7', { reason: 'griefing', expiresAt: NOW + 5 }), ban('10.0.0.2')])
    expect(policy.admitClient?.(client('203.0.113.7'))).toEqual({
      reason: 'banned',
      detail: 'griefing',
      expiresAt: NOW + 5,
    })
    expect(policy.admitClient?.(client('203.0.113.8'))).toBeUndefined()
  })
  it('ends by the clock, without anything being told', () => {
    const { policy, clock } = policyOf([ban('203.0.113.7', { expiresAt: NOW + 5 })])
    clock.now = NOW + 5
    expect(policy.admitClient?.(client('203.0.113.7'))).toBeUndefined()
  })
  // A look-up gives the smallest network: once its ban had expired, the wider one was not seen behind it.
  it('is found behind a smaller network whose ban has expired', () => {
    const wide = ban('198.51.100.0/24', { reason: 'wide' })
    const { policy, clock } = policyOf([wide, ban('198.51.100.0/28', { reason: 'narrow', expiresAt: NOW + 5 })])
    expect(policy.admitClient?.(client('198.51.100.1'))).toMatchObject({ detail: 'narrow' })
    clock.now = NOW + 5
    expect(policy.admitClient?.(client('198.51.100.1'))).toMatchObject({ detail: 'wide' })
  })
})

describe('bans of networks', () => {
  it('are found whether they came early or late, one by one, and not once they are removed', () => {
    const { policy, index } = policyOf([])
    const networks = Array.from({ length: 600 }, (_, at) => ban(`10.${at >> 8}.${at & 255}.0/24`))
    for (const [at, network] of networks.entries()) {
      index.add([network])
      expect(policy.admitClient?.(client(`10.${at >> 8}.${at & 255}.7`))).toEqual({ reason: 'banned' })
    }
    expect(policy.admitClient?.(client('10.0.0.7'))).toEqual({ reason: 'banned' })
    expect(policy.admitClient?.(client('10.9.0.7'))).toBeUndefined()
    for (const network of networks) index.remove([network.target])
    expect(policy.admitClient?.(client('10.0.0.7'))).toBeUndefined()
    expect(policy.admitClient?.(client('10.2.80.7'))).toBeUndefined()
  })
  it('are found behind a later, smaller one that has expired', () => {
    const { policy, index, clock } = policyOf([ban('198.51.100.0/24', { reason: 'wide' })])
    expect(policy.admitClient?.(client('198.51.100.1'))).toMatchObject({ detail: 'wide' })
    index.add([ban('198.51.100.0/28', { reason: 'narrow', expiresAt: NOW + 5 })])
    expect(policy.admitClient?.(client('198.51.100.1'))).toMatchObject({ detail: 'narrow' })
    clock.now = NOW + 5
    expect(policy.admitClient?.(client('198.51.100.1'))).toMatchObject({ detail: 'wide' })
  })
})

describe('a ban by name', () => {
  it('is asked as soon as the name is known, in any case', () => {
    const { policy } = policyOf([ban('Steve')])
    const facts = { name: 'sTEVE', claimedUuid: undefined }
    expect(policy.admitPlayer?.(client('203.0.113.7'), facts, undefined)).toEqual({ reason: 'banned' })
    expect(policy.admitPlayer?.(client('203.0.113.7'), { ...facts, name: 'Alex' }, undefined)).toBeUndefined()
  })
})

describe('a ban by UUID', () => {
  const uuid = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
  it('never holds somebody who only claims that UUID', () => {
    const { policy } = policyOf([ban(uuid)])
    expect(policy.admitPlayer?.(client('203.0.113.7'), { name: 'Alex', claimedUuid: uuid }, undefined)).toBeUndefined()
  })
  it('holds the name that it was made with, until it is removed', () => {
    const { policy, index } = policyOf([ban(uuid, { playerName: 'Notch' })])
    const facts = { name: 'notch', claimedUuid: undefined }
    expect(policy.admitPlayer?.(client('203.0.113.7'), facts, undefined)).toEqual({ reason: 'banned' })
    index.remove([{ type: 'uuid', value: uuid }])
    expect(policy.admitPlayer?.(client('203.0.113.7'), facts, undefined)).toBeUndefined()
  })
})

describe('cutting those who have just been banned', () => {
  it('finds each by what the ban names, and nobody by one that has expired', () => {
    const cut: unknown[] = []
    const gateway = {
      cut: (target: unknown, refusal: unknown): number => cut.push([target, refusal]) && 1,
      live: () => [live(1, '198.51.100.7'), live(2, '203.0.113.9')],
    }
    const added = [
      ban('203.0.113.7', { reason: 'griefing' }),
      ban('198.51.100.0/24'),
      ban('Steve'),
      ban('069a79f4-44e9-4726-a5be-fca90e38aaf5', { playerName: 'Notch' }),
      ban('069a79f4-44e9-4726-a5be-fca90e38aaf6'),
      ban('203.0.113.9', { expiresAt: NOW }),
    ]
    expect(cutBanned(gateway, added, NOW)).toBe(4)
    expect(cut).toEqual([
      [
        { kind: 'client', address: '203.0.113.7' },
        { reason: 'banned', detail: 'griefing' },
      ],
      [{ kind: 'player', name: 'Steve' }, { reason: 'banned' }],
      [{ kind: 'player', name: 'Notch' }, { reason: 'banned' }],
      [{ kind: 'connection', id: 1 }, { reason: 'banned' }],
    ])
  })
})

function live(id: number, address: string): LiveConnection {
  const client = { address, port: 1 }
  return {
    id,
    client,
    peer: client,
    listener: 'main',
    state: 'relaying',
    receivedHeader: undefined,
    intent: undefined,
    player: undefined,
    server: undefined,
    endpoint: undefined,
    acceptedAt: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}
