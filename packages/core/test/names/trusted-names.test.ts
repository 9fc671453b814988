import { DnsServer } from '@infrarust/test-kit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { MAX_TRUSTED_ADDRESSES, type NameAnswer, NameLookup, type Notice, TrustedNames } from '../../src/index.ts'

const HOUR_MS = 3_600_000

describe('a name in `trusted`', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('trusts nobody before its first answer, and then each address of it and no other', async () => {
    const { names, answer } = trusting('lb.test')
    expect(names.has('lb.test', '192.0.2.1')).toBe(false)
    expect(names.status()).toEqual([
      { name: 'lb.test', addresses: [], problem: 'trusted: "lb.test" has no answer yet; it trusts nobody' },
    ])
    await answer('lb.test', ['192.0.2.1', '2001:db8::1'])
    expect(names.has('lb.test', '192.0.2.1')).toBe(true)
    expect(names.has('lb.test', '2001:db8::1')).toBe(true)
    expect(names.has('lb.test', '192.0.2.2')).toBe(false)
    expect(names.has('other.test', '192.0.2.1')).toBe(false)
    expect(names.status()).toEqual([{ name: 'lb.test', addresses: ['192.0.2.1', '2001:db8::1'], problem: undefined }])
  })

  it('is asked again when its TTL is over, and an address that is gone from the answer is trusted no longer', async () => {
    const { names, asked, answer, said } = trusting('lb.test')
    await answer('lb.test', ['192.0.2.1'], 10)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked).toEqual(['lb.test', 'lb.test'])
    await answer('lb.test', ['192.0.2.2'], 10)
    expect(names.has('lb.test', '192.0.2.1')).toBe(false)
    expect(names.has('lb.test', '192.0.2.2')).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    await answer('lb.test', ['192.0.2.2'], 10)
    expect(said).toEqual([
      'info trusted: "lb.test" stands for 192.0.2.1',
      'info trusted: "lb.test" stands for 192.0.2.2 (before: 192.0.2.1)',
    ])
  })

  it('keeps its last good answer for an hour while look-ups fail, then trusts nobody, and says each once', async () => {
    const { names, answer, fail, said } = trusting('lb.test')
    await answer('lb.test', ['192.0.2.1'])
    await vi.advanceTimersByTimeAsync(30_000)
    await fail('lb.test')
    expect(names.status()[0]?.problem).toContain('stay trusted for an hour (192.0.2.1)')
    for (let passed = 5_000; passed < HOUR_MS; passed += 5_000) {
      await vi.advanceTimersByTimeAsync(5_000)
      await fail('lb.test')
    }
    expect(names.has('lb.test', '192.0.2.1')).toBe(true)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(names.has('lb.test', '192.0.2.1')).toBe(false)
    await fail('lb.test')
    expect(said.slice(1)).toEqual([
      'warn trusted: "lb.test" has no address: ETIMEOUT; its last addresses stay trusted for an hour (192.0.2.1); ' +
        'mend its DNS record or the resolver, or write its addresses into trusted',
      expect.stringMatching(
        /^error trusted: "lb\.test" has had no answer for an hour, so it trusts nobody now .*; mend /,
      ),
    ])
    await vi.advanceTimersByTimeAsync(5_000)
    await answer('lb.test', ['192.0.2.1'])
    expect(names.has('lb.test', '192.0.2.1')).toBe(true)
    expect(names.status()[0]?.problem).toBeUndefined()
  })

  it('has a new hour with each answer', async () => {
    const { names, answer, fail, said } = trusting('lb.test')
    await answer('lb.test', ['192.0.2.1'])
    await vi.advanceTimersByTimeAsync(30_000)
    await fail('lb.test')
    await vi.advanceTimersByTimeAsync(5_000)
    await answer('lb.test', ['192.0.2.1'])
    expect(said.at(-1)).toBe('info trusted: "lb.test" has an address again: 192.0.2.1')
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    expect(names.has('lb.test', '192.0.2.1')).toBe(true)
  })

  it('counts 64 of its addresses, the same ones however the resolver turns them', async () => {
    const { names, answer, said } = trusting('lb.test')
    const all = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    await answer('lb.test', all, 10)
    const [first] = names.status()
    expect(first?.addresses).toEqual(all.slice(0, MAX_TRUSTED_ADDRESSES))
    await vi.advanceTimersByTimeAsync(10_000)
    await answer('lb.test', all.toReversed(), 10)
    expect(names.status()[0]?.addresses).toEqual(first?.addresses)
    expect(said.filter((line) => line.startsWith('warn'))).toEqual([
      'warn trusted: "lb.test" has 1000 addresses, of which 64 count; write the network into trusted',
    ])
  })

  it('is forgotten when nobody trusts it any more, and nothing goes on in the background', async () => {
    const { names, asked, answer, fail } = trusting('lb.test')
    await answer('lb.test', ['192.0.2.1'])
    await vi.advanceTimersByTimeAsync(30_000)
    await fail('lb.test')
    names.use(['other.test'])
    expect(names.has('lb.test', '192.0.2.1')).toBe(false)
    names.stop()
    await answer('other.test', ['192.0.2.1'])
    expect(names.has('other.test', '192.0.2.1')).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(asked).toEqual(['lb.test', 'lb.test', 'other.test'])
  })
})

describe('a name in `trusted`, asked of a DNS server', () => {
  it('takes a long answer over TCP, and goes without one where the server is dead', async () => {
    const addresses = Array.from({ length: 1_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    const dns = await DnsServer.start({ 'A lb.test': addresses.map((address) => ({ type: 'A' as const, address })) })
    onTestFinished(() => dns.stop())
    const lookup = new NameLookup({ resolvers: [dns.address], resolvConf: '/dev/null', tryTimeoutMs: 200 })
    const names = new TrustedNames({ lookUp: (host, srv) => lookup.lookUp(host, srv), notice: () => undefined })
    onTestFinished(() => names.stop())
    names.use(['lb.test'])
    await names.firstAnswers()
    expect(names.status()[0]?.addresses).toHaveLength(MAX_TRUSTED_ADDRESSES)
    dns.isDead = true
    names.use(['lb.test', 'late.test'])
    await names.firstAnswers()
    expect(names.status()).toMatchObject(
      [{ addresses: { length: 64 } }, { addresses: [], problem: /ETIMEOUT/ }].map(({ addresses, problem }) => ({
        addresses,
        ...(problem && { problem: expect.stringMatching(problem) }),
      })),
    )
  })
})

/** Names whose look-ups the test answers. */
function trusting(...hosts: readonly string[]) {
  const asked: string[] = []
  const open = new Map<string, (answer: NameAnswer) => void>()
  const said: string[] = []
  const names = new TrustedNames({
    lookUp: (host) => {
      asked.push(host)
      const { promise, resolve } = Promise.withResolvers<NameAnswer>()
      open.set(host, resolve)
      return promise
    },
    notice: ({ level, message }: Notice) => said.push(`${level} ${message}`),
  })
  names.use(hosts)
  const give = async (host: string, answer: NameAnswer): Promise<void> => {
    open.get(host)?.(answer)
    await vi.advanceTimersByTimeAsync(0)
  }
  return {
    names,
    asked,
    said,
    answer: (host: string, addresses: readonly string[], ttlSeconds = 60) =>
      give(host, { kind: 'found', targets: addresses.map((address) => ({ address, port: undefined })), ttlSeconds }),
    fail: (host: string) => give(host, { kind: 'failed', message: `"${host}" has no address: ETIMEOUT` }),
  }
}
