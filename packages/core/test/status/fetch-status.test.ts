import { createServer } from 'node:net'
import { decodeHandshake, encodePacket, encodeStatusResponse } from '@infrarust/minecraft'
import { afterEach, describe, expect, it } from 'vitest'
import { type EndpointSource, type FetchedStatus, type Server, statusFetcher } from '../../src/index.ts'
import { canRunOut, runOutOfDescriptors } from '../../src/testing/transport/no-descriptors.ts'
import { server as makeServer } from '../provider/server.ts'
import { Backend, type Seen, STATUS_JSON, statusReply } from './backend.ts'

const backends: Backend[] = []
afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.stop()
})

async function backendThat(answer: (seen: Seen) => Uint8Array | 'close' | 'wait'): Promise<Backend> {
  const backend = await Backend.start(answer)
  backends.push(backend)
  return backend
}

const ENDPOINTS: EndpointSource = {
  of: ({ addresses }) => ({
    kind: 'ready',
    endpoints: addresses.map(({ host, port }) => ({ host, address: host, port: port ?? 25_565 })),
  }),
}

function serverAt(ports: readonly number[], changes: Partial<Server> = {}): Server {
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }))
  return makeServer({ id: 's', domains: ['*.example.com', 's.example.com'], addresses, ...changes })
}

const fetch = statusFetcher(ENDPOINTS)

function ask(
  server: Server,
  changes: { domain?: string | undefined; timeoutMs?: number } = {},
): Promise<FetchedStatus> {
  return fetch({ server, domain: 'a.example.com', protocol: 765, timeoutMs: 20_000, ...changes })
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('the fetch of a status', () => {
  it('asks nobody where every address is the proxy itself', async () => {
    const backend = await backendThat(() => statusReply())
    const own = [{ host: '127.0.0.1', address: '127.0.0.1', port: backend.port }]
    const server = serverAt([backend.port])
    const looped = await statusFetcher({ of: () => ({ kind: 'loop', own }) })({
      server,
      domain: undefined,
      protocol: 765,
      timeoutMs: 20_000,
    })
    expect(looped).toEqual({ kind: 'failed', reason: 'loop', message: 'leads back to this proxy' })
    expect(backend.seen).toEqual([])
  })
  if (canRunOut) {
    it('is not the server’s failure where there is no descriptor to ask with', async () => {
      const backend = await backendThat(() => statusReply())
      const giveBack = await runOutOfDescriptors()
      try {
        expect(await ask(serverAt([backend.port]))).toEqual({ kind: 'failed', reason: 'proxy_full', message: 'EMFILE' })
      } finally {
        await giveBack()
      }
      expect((await ask(serverAt([backend.port]))).kind).toBe('status')
    })
  }
  it('asks with the name and the version that the client has, in one segment', async () => {
    const backend = await backendThat(() => statusReply())
    expect(await ask(serverAt([backend.port]))).toEqual({ kind: 'status', json: STATUS_JSON })
    const [seen] = backend.seen
    expect(seen?.header).toBeUndefined()
    const handshake = decodeHandshake(seen?.rest ?? Buffer.alloc(0))
    expect(handshake).toMatchObject({
      value: { protocolVersion: 765, host: 'a.example.com', port: backend.port, intent: 'status' },
    })
    expect(seen?.rest.subarray(handshake.kind === 'decoded' ? handshake.consumedBytes : 0)).toEqual(Buffer.from([1, 0]))
  })
  it.each([
    ['domain_rewrite', { domainRewrite: 'inside.local' }, 'a.example.com', 'inside.local'],
    ['the server’s own name where the client has none', {}, undefined, 's.example.com'],
    ['the host where there is no other name', { domains: ['*'] }, undefined, '127.0.0.1'],
    ['an address where the name is too long', {}, `${'x'.repeat(300)}.example.com`, '127.0.0.1'],
  ])('uses %s', async (_what, changes, domain, host) => {
    const backend = await backendThat(() => statusReply())
    await ask(serverAt([backend.port], changes), { domain })
    expect(decodeHandshake(backend.seen[0]?.rest ?? Buffer.alloc(0))).toMatchObject({ value: { host } })
  })
  it('goes on to the second address when the first one is closed, silent, or says what is none', async () => {
    const firsts = [
      await unusedPort(),
      (await backendThat(() => 'close')).port,
      (await backendThat(() => 'wait')).port,
      (await backendThat(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).port,
      (await backendThat(() => statusReply('{"description":7}'))).port,
    ]
    const second = await backendThat(() => statusReply())
    for (const first of firsts) {
      // The silent one takes half of it.
      const fetched = await ask(serverAt([first, second.port]), { timeoutMs: 6_000 })
      expect(fetched.kind).toBe('status')
    }
  })
  it('says of each address what was wrong with it', async () => {
    const [closed, closing] = [await unusedPort(), await backendThat(() => 'close')]
    const fetched = await ask(serverAt([closed, closing.port]))
    expect(fetched).toEqual({
      kind: 'failed',
      message: expect.stringMatching(
        new RegExp(`^gave no status at 127.0.0.1:${closed}: .*ECONNREFUSED.*, 127.0.0.1:${closing.port}: closed`),
      ),
    })
  })
  it('waits for names, and says when they have no address', async () => {
    const backend = await backendThat(() => statusReply())
    const named = serverAt([backend.port])
    let isKnown = false
    const slow = statusFetcher({
      of: (server) => {
        if (isKnown) return ENDPOINTS.of(server)
        isKnown = true
        return { kind: 'pending', done: Promise.resolve() }
      },
    })
    const wanted = { server: named, domain: 'a.example.com', protocol: 765, timeoutMs: 20_000 }
    expect((await slow(wanted)).kind).toBe('status')
    const none = statusFetcher({ of: () => ({ kind: 'failed', message: 'no such name' }) })
    expect(await none(wanted)).toEqual({ kind: 'failed', message: 'cannot be dialled: no such name' })
  })
  it.each([
    ['a pong', encodePacket(1, Buffer.alloc(8))],
    ['a frame of two megabytes', Buffer.from([0xff, 0xff, 0x7f, 0x00])],
    ['another packet', encodePacket(5)],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['half a status', statusReply().subarray(0, 9)],
  ])('says of %s that the server has answered', async (_what, bytes) => {
    const backend = await backendThat(() => bytes)
    const fetched = await ask(serverAt([backend.port]), { timeoutMs: 500 })
    expect(fetched).toMatchObject({ kind: 'failed', hasAnswered: true })
  })
  it('refuses a thousand levels', async () => {
    const backend = await backendThat(() => statusReply(`{"x":${'['.repeat(1_000)}${']'.repeat(1_000)}}`))
    const fetched = await ask(serverAt([backend.port]))
    expect(fetched.kind === 'failed' && fetched.hasAnswered).toBeUndefined()
  })
  // A server with one of the last four showed as down, although every client reads them.
  it.each([
    [
      'what mods add',
      '{"description":{"translate":"x","hover_event":{"a":[1]}},"forgeData":{"mods":[{"modId":"a"}]},"isModded":true}',
    ],
    ['its own blanks and escapes', '{ "description" : "\\u00e9" }'],
    ['no description', '{"version":{"name":"x","protocol":765}}'],
    ['numbers in the gaps of a text', '{"description":{"translate":"%s of %s","with":[5,true]}}'],
    ['a number as a text', '{"description":{"text":"","extra":[{"text":5}]}}'],
    ['a decoration in quotation marks', '{"description":{"text":"x","bold":"true"}}'],
    ['a colour that is null', '{"description":{"text":"x","color":null}}'],
  ])('passes on %s untouched', async (_what, json) => {
    const backend = await backendThat(() => statusReply(json))
    expect(await ask(serverAt([backend.port]))).toEqual({ kind: 'status', json })
  })
})

describe('a status that is unlike others', () => {
  // Each of these made the server look down.
  it.each([
    ['of 60,000 characters', JSON.stringify({ description: 'x', forgeData: { mods: ['m'.repeat(60_000)] } })],
    ['of 65,536 characters of three bytes', `{"description":"${'漢'.repeat(65_518)}"}`],
    ['with comments', '{/* a */"description":"x"}'],
    ['in single quotes', "{'description':'x'}"],
    ['with a comma too many', '{"description":"x",}'],
    ['with NaN', '{"description":"x","tps":NaN}'],
    ['with control characters in its text', '{"description":"a\nb\u0001"}'],
    ['with a byte order mark', '\uFEFF{"description":"x"}'],
  ])('is passed on untouched: one %s', async (_what, json) => {
    const backend = await backendThat(() => statusReply(json))
    expect(await ask(serverAt([backend.port]))).toEqual({ kind: 'status', json })
  })
  it('keeps what a mod appends to it', async () => {
    const rest = Buffer.from('\x03abc')
    const backend = await backendThat(() => encodeStatusResponse(STATUS_JSON, rest))
    const fetched = await ask(serverAt([backend.port]))
    expect(fetched).toMatchObject({ kind: 'status', json: STATUS_JSON })
    expect(fetched.kind === 'status' && Buffer.from(fetched.rest ?? []).toString()).toBe('\x03abc')
  })
  // Such a server was shown as down, although it is up: what its clients see is its own affair.
  it.each([
    ['{', 'sent a status that is no JSON'],
    ["{'description'", 'sent a status that is no JSON'],
    ['hello', 'sent a status that is no JSON object'],
    ['[]', 'sent a status that is no JSON object'],
    ['{"description":1}', 'sent a status whose description is no text'],
  ])('is passed on with a word for the operator where clients cannot read it: %s', async (json, fault) => {
    const backend = await backendThat(() => statusReply(json))
    expect(await ask(serverAt([backend.port]))).toEqual({ kind: 'status', json, fault })
  })
  it('is none where it is nested deeper than clients can bear', async () => {
    const backend = await backendThat(() => statusReply(`{'x':${'['.repeat(1_000)}`))
    expect((await ask(serverAt([backend.port]))).kind).toBe('failed')
  })
})

describe('the header of a status fetch', () => {
  it('is LOCAL in version 2, UNKNOWN in version 1', async () => {
    const backend = await backendThat(() => statusReply())
    await ask(serverAt([backend.port], { sendProxyProtocol: 2 }))
    await ask(serverAt([backend.port], { sendProxyProtocol: 1 }))
    expect(backend.seen.map(({ header }) => header)).toMatchObject([
      { version: 2, command: 'LOCAL', source: null },
      { version: 1, command: 'PROXY', family: 'unspecified', source: null },
    ])
  })
  // Paper, BungeeCord and old netty close on LOCAL; HAProxy up to 2.4 on UNKNOWN with more behind it.
  it.each([2, 1] as const)(
    'of version %d names the socket’s own ends where a backend closes on the former, and from then on',
    async (version) => {
      const backend = await backendThat(({ header }) => (header?.source == null ? 'close' : statusReply()))
      const server = serverAt([backend.port], { sendProxyProtocol: version })
      expect((await ask(server)).kind).toBe('status')
      expect((await ask(server)).kind).toBe('status')
      const [first, second, third, ...others] = backend.seen
      expect(others).toEqual([])
      expect(first?.header?.source).toBeNull()
      for (const seen of [second, third]) {
        expect(seen?.header).toMatchObject({
          version,
          command: 'PROXY',
          source: seen?.from,
          destination: { address: '127.0.0.1', port: backend.port },
        })
      }
    },
  )
  it('is LOCAL again where that works and the other does not', async () => {
    let wants: 'LOCAL' | 'PROXY' = 'PROXY'
    const backend = await backendThat(({ header }) => (header?.command === wants ? statusReply() : 'close'))
    const server = serverAt([backend.port], { sendProxyProtocol: 2 })
    expect((await ask(server)).kind).toBe('status')
    wants = 'LOCAL'
    expect((await ask(server)).kind).toBe('status')
    expect(backend.seen.map(({ header }) => header?.command)).toEqual(['LOCAL', 'PROXY', 'PROXY', 'LOCAL'])
  })
  it('is tried once more only where one is wanted', async () => {
    const backend = await backendThat(() => 'close')
    expect((await ask(serverAt([backend.port]))).kind).toBe('failed')
    expect(backend.seen).toHaveLength(1)
    expect((await ask(serverAt([backend.port], { sendProxyProtocol: 2 }))).kind).toBe('failed')
    expect(backend.seen).toHaveLength(3)
  })
})
