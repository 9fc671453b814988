import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BackendNames, type NameAnswer } from '../../src/index.ts'
import { server } from '../provider/server.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the addresses of backends', () => {
  it('are known at once where they are written as addresses', () => {
    const { names, asked } = backends()
    const known = server({ id: 'a', addresses: [at('192.0.2.1', 25577), at('2001:db8::1'), at('fe80::1%lo', 1)] })
    names.use([known])
    expect(names.of(known)).toEqual({
      kind: 'ready',
      endpoints: [
        { host: '192.0.2.1', port: 25577, address: '192.0.2.1' },
        { host: '2001:db8::1', port: 25565, address: '2001:db8::1' },
        { host: 'fe80::1%lo', port: 1, address: 'fe80::1%lo' },
      ],
    })
    expect(asked).toEqual([])
  })

  it('are Unix sockets where they are written as such, and no name is asked for', () => {
    const { names, asked } = backends()
    const address = 'unix:/run/paper.sock'
    const known = server({ id: 'a', addresses: [{ host: address, port: undefined }, at('192.0.2.1', 25577)] })
    names.use([known])
    expect(names.of(known)).toEqual({
      kind: 'ready',
      endpoints: [
        { host: address, port: undefined, address },
        { host: '192.0.2.1', port: 25577, address: '192.0.2.1' },
      ],
    })
    expect(asked).toEqual([])
  })

  it('leave out what is a listener of the proxy, also one that was bound later', () => {
    const own = new Set<number | undefined>()
    const names = new BackendNames({
      lookUp: async () => ({ kind: 'failed', message: '' }),
      log: () => undefined,
      isOwn: ({ port }) => own.has(port),
    })
    const known = server({ id: 'a', addresses: [at('192.0.2.1', 1), at('192.0.2.1', 2)] })
    names.use([known])
    const one = { host: '192.0.2.1', port: 1, address: '192.0.2.1' }
    const two = { ...one, port: 2 }
    expect(names.of(known)).toEqual({ kind: 'ready', endpoints: [one, two] })
    own.add(1)
    expect(names.of(known)).toEqual({ kind: 'ready', endpoints: [two], own: [one] })
    own.add(2)
    expect(names.of(known)).toEqual({ kind: 'loop', own: [one, two] })
  })

  it('are looked up when their server is loaded, each name once, two at a time', async () => {
    const { names, asked, answer } = backends()
    const servers = ['a', 'b', 'c', 'd'].map((id) =>
      server({ id, addresses: [at(`${id}.test`, 1), at('shared.test', 2)] }),
    )
    names.use(servers)
    names.use(servers)
    expect(asked).toEqual(['a.test', 'shared.test'])
    await answer('a.test', '192.0.2.1')
    expect(asked).toEqual(['a.test', 'shared.test', 'b.test'])
    await answer('shared.test', '192.0.2.9')
    await answer('b.test', '192.0.2.2')
    await answer('c.test', '192.0.2.3')
    await answer('d.test', '192.0.2.4')
    expect(asked.length).toBe(5)
    for (const one of servers) expect(names.of(one).kind).toBe('ready')
  })

  it('hold a connection for the first answer, and keep the order of failover', async () => {
    const { names, answer } = backends()
    const one = server({ id: 'a', addresses: [at('a.test', 1), at('192.0.2.9', 2)] })
    names.use([one])
    const first = names.of(one)
    expect(first.kind).toBe('pending')
    await answer('a.test', '192.0.2.1')
    await (first.kind === 'pending' && first.done)
    expect(names.of(one)).toMatchObject({
      kind: 'ready',
      endpoints: [{ address: '192.0.2.1' }, { address: '192.0.2.9' }],
    })
  })

  it('hold it for 2 s at most, and nobody after that', async () => {
    const { names, answer } = backends()
    const one = server({ id: 'a', addresses: [at('a.test', 1)] })
    names.use([one])
    await vi.advanceTimersByTimeAsync(60_000)
    const first = names.of(one)
    let isDone = false
    if (first.kind === 'pending')
      first.done.then(() => {
        isDone = true
      })
    await vi.advanceTimersByTimeAsync(1_999)
    expect(isDone).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isDone).toBe(true)
    expect(names.of(one)).toEqual({ kind: 'failed', message: '"a.test" has no answer yet' })
    await answer('a.test', '192.0.2.1')
    expect(names.of(one).kind).toBe('ready')
  })

  it('skip a name that failed where another address is left', async () => {
    const { names, fail } = backends()
    const one = server({ id: 'a', addresses: [at('a.test', 1), at('192.0.2.9', 2)] })
    const other = server({ id: 'b', addresses: [at('a.test', 1)] })
    names.use([one, other])
    await fail('a.test')
    expect(names.of(one)).toMatchObject({ kind: 'ready', endpoints: [{ address: '192.0.2.9' }] })
    expect(names.of(other)).toEqual({ kind: 'failed', message: '"a.test" has no address: ENOTFOUND' })
  })

  it('are asked again within their TTL, and the last good answer stays while nobody answers', async () => {
    const { names, asked, answer, fail, log } = backends()
    const one = server({ id: 'a', addresses: [at('a.test', 1)] })
    names.use([one])
    await answer('a.test', '192.0.2.1', 10)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked).toEqual(['a.test', 'a.test'])
    for (let round = 0; round < 3; round++) {
      await fail('a.test')
      expect(names.of(one)).toMatchObject({ kind: 'ready', endpoints: [{ address: '192.0.2.1' }] })
      await vi.advanceTimersByTimeAsync(5_000)
    }
    expect(log).toEqual(['"a.test" has no address: ENOTFOUND; its last addresses stay in use'])
    await answer('a.test', '192.0.2.2', 3_600)
    expect(names.of(one)).toMatchObject({ endpoints: [{ address: '192.0.2.2' }] })
    expect(log.at(-1)).toBe('the name "a.test" has an address again')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(asked.length).toBe(6)
  })

  it('take the port of an SRV record where none is written', async () => {
    const { names, answer } = backends()
    const one = server({ id: 'a', addresses: [at('a.test')] })
    names.use([one])
    await answer('a.test', '192.0.2.1', 10, 25_001)
    expect(names.of(one)).toEqual({
      kind: 'ready',
      endpoints: [{ host: 'a.test', port: 25_001, address: '192.0.2.1' }],
    })
  })

  it('are forgotten with their server, and nothing goes on in the background', async () => {
    const { names, asked, answer } = backends()
    names.use([server({ id: 'a', addresses: [at('a.test', 1)] })])
    await answer('a.test', '192.0.2.1')
    names.stop()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(asked).toEqual(['a.test'])
    expect(vi.getTimerCount()).toBe(0)
  })
})

/** Backends whose resolver is the test. */
function backends() {
  const asked: string[] = []
  const open = new Map<string, (answer: NameAnswer) => void>()
  const log: string[] = []
  const names = new BackendNames({
    lookUp: (host) => {
      asked.push(host)
      const { promise, resolve } = Promise.withResolvers<NameAnswer>()
      open.set(host, resolve)
      return promise
    },
    log: (message) => log.push(message),
  })
  const give = async (host: string, answer: NameAnswer) => {
    open.get(host)?.(answer)
    await vi.advanceTimersByTimeAsync(0)
  }
  const answer = (host: string, address: string, ttlSeconds = 60, port?: number) =>
    give(host, { kind: 'found', targets: [{ address, port }], ttlSeconds })
  const fail = (host: string) => give(host, { kind: 'failed', message: `"${host}" has no address: ENOTFOUND` })
  return { names, asked, answer, fail, log }
}

function at(host: string, port?: number) {
  return { host, port }
}
