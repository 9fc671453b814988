import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { encodeHandshake, encodeLoginStart, encodeStatusRequest } from '@infrarust/minecraft'
import { decode, encodeV2 } from '@infrarust/proxy-protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { nodeTransport, type Transport } from '../../src/entries/transport.ts'
import { type AccessRecord, Gateway, type Notice } from '../../src/index.ts'
import { listenerConfig, serverTo, settings } from './fixtures.ts'

describe('the gateway on the node transport', { timeout: 30_000 }, () => {
  const closers: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  async function start(servers: Parameters<typeof settings>[0]): Promise<{
    transport: Transport
    port: number
    records: AccessRecord[]
    notices: Notice[]
  }> {
    const records: AccessRecord[] = []
    const notices: Notice[] = []
    const { gatewayOptions } = settings(servers)
    const gateway = new Gateway({
      ...gatewayOptions,
      record: (record) => records.push(record),
      notice: (notice) => notices.push(notice),
    })
    const transport = nodeTransport({
      handler: gateway,
      notice: () => undefined,
      keepAlive: { isEnabled: false, initialDelayMs: 0, intervalMs: 0, probes: 0 },
    })
    gateway.attach(transport)
    const { port = 0 } = await transport.listen({ name: 'main', host: '127.0.0.1', port: 0 })
    closers.push(() => transport.close())
    return { transport, port, records, notices }
  }

  it('tells the backend who the client is, and the record too', async () => {
    const backend = createServer()
    backend.listen(0, '127.0.0.1')
    await once(backend, 'listening')
    closers.push(() => new Promise((resolve) => backend.close(resolve)))
    const address = backend.address()
    if (address === null || typeof address === 'string') throw new Error('the backend has no port')
    const received = new Promise<Buffer>((resolve) => {
      backend.once('connection', (socket: Socket) => {
        socket.once('data', (bytes) => {
          resolve(bytes)
          socket.end('hello')
        })
      })
    })

    const { port, records } = await start({
      listener: listenerConfig({ mode: 'required' }),
      servers: [serverTo('survival', ['a.example.com'], address.port, { sendProxyProtocol: 2 })],
    })
    const client = connect(port, '127.0.0.1')
    const header = encodeV2({
      command: 'PROXY',
      source: { address: '203.0.113.7', port: 54321 },
      destination: { address: '198.51.100.2', port: 25565 },
    })
    const handshake = encodeHandshake({
      protocolVersion: 767,
      address: 'A.example.com.',
      port: 25565,
      intent: 'login',
    })
    const loginStart = encodeLoginStart('Steve', 767)
    client.write(Buffer.concat([header, handshake, loginStart]))
    let answer = ''
    client.on('data', (bytes) => {
      answer += bytes.toString()
    })
    client.on('end', () => client.end())
    await once(client, 'close')

    expect(answer).toBe('hello')
    const head = await received
    const sent = decode(head)
    expect(sent).toMatchObject({ kind: 'header', header: { source: { address: '203.0.113.7', port: 54321 } } })
    if (sent.kind === 'header') expect(head.subarray(sent.headerBytes)).toEqual(Buffer.concat([handshake, loginStart]))
    await expect.poll(() => records.length, { timeout: 20_000 }).toBe(1)
    expect(records[0]).toMatchObject({
      client: '203.0.113.7',
      peer: '127.0.0.1',
      proxy_version: 2,
      intent: 'login',
      domain: 'a.example.com',
      player: 'Steve',
      server: 'survival',
      endpoint: `127.0.0.1:${address.port}`,
      bytes_in: handshake.length + loginStart.length,
      bytes_out: 5,
      reason: 'server_closed',
    })
  })

  it('answers the ping of an unknown domain and the ping packet behind it', async () => {
    const { port, records } = await start({ listener: listenerConfig({ mode: 'off' }), servers: [] })
    const client = connect(port, '127.0.0.1')
    const ping = Buffer.from('09010000000000000001', 'hex')
    const handshake = encodeHandshake({ protocolVersion: 767, address: 'b.example.com', port: 25565, intent: 'status' })
    client.write(Buffer.concat([handshake, encodeStatusRequest(), ping]))
    const chunks: Buffer[] = []
    client.on('data', (bytes) => chunks.push(bytes))
    await once(client, 'close')
    const answer = Buffer.concat(chunks)
    expect(answer.toString()).toContain('b.example.com')
    expect(answer.subarray(-10)).toEqual(ping)
    await expect.poll(() => records.length, { timeout: 20_000 }).toBe(1)
    expect(records[0]).toMatchObject({ reason: 'unknown_domain', intent: 'status', domain: 'b.example.com' })
  })

  it('closes without a header where one is required, and names the error in the log', async () => {
    const { port, records, notices } = await start({ listener: listenerConfig({ mode: 'required' }), servers: [] })
    const client = connect(port, '127.0.0.1')
    client.write(Buffer.from('10008206096c6f63616c686f737463dd01', 'hex'))
    client.on('error', () => undefined)
    await once(client, 'close')
    await expect.poll(() => records.length, { timeout: 20_000 }).toBe(1)
    expect(records[0]).toMatchObject({ reason: 'proxy_protocol', client: '127.0.0.1' })
    expect(notices[0]?.message).toContain(
      'InvalidProxyProtocol: data does not start with a proxy protocol signature; it looks like a Minecraft handshake',
    )
  })
})
