import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { loginBytes, RawBackend, RawClient, statusBytes } from '@infrarust/test-kit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientAt } from '../fixtures/balanced.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Nginx } from '../fixtures/nginx.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const PLAYER = '203.0.113.7'
const running = new Running()
afterEach(() => running.stopAll())

let folder: string
let socket: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unix-'))
  socket = join(folder, 'in.sock')
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

/** Listens at the socket, and for the fixture at a port; its server is at another socket. */
async function start(): Promise<{
  readonly infrarust: Infrarust
  readonly backend: RawBackend
  readonly endpoint: string
}> {
  const path = join(folder, 'paper.sock')
  const backend = running.add(
    await RawBackend.start({
      path,
      onConnection: (to) => void to.write(encodeStatusResponse('{"description":"hello"}')),
    }),
  )
  const infrarust = running.add(
    await Infrarust.start({
      toml:
        '[[listener]]\nbind = "127.0.0.1:{port}"\n\n' +
        `[[listener]]\nname = "local"\nbind = "unix:${socket}"\n[listener.proxy_protocol]\nmode = "required"\n[log]\nlevel = "debug"\n`,
      servers: {
        paper: `domains = ["a.example.com"]\naddresses = ["unix:${path}"]\nsend_proxy_protocol = true\n`,
      },
    }),
  )
  return { infrarust, backend, endpoint: `unix:${path}` }
}

/** The headers of players that a backend has got: what the proxy asks by itself names nobody. */
async function playersAt(backend: RawBackend) {
  const headers = await Promise.all([...backend.connections.keys()].map((index) => backend.header(index)))
  return headers.map(({ header }) => header).filter(({ family }) => family === 'IPv4' || family === 'IPv6')
}

describe.runIf(havePeers('haproxy over a Unix socket', 'haproxy'))('behind HAProxy, over a Unix socket', () => {
  it('a player has the address that HAProxy saw, at the server too, and HAProxy’s checks pass', async () => {
    const { infrarust, backend, endpoint } = await start()
    const haproxy = running.add(
      await Haproxy.start({
        bind: 'accept-proxy',
        to: `unix@${socket}`,
        server: 'send-proxy-v2 check inter 200ms',
      }),
    )
    const check = await infrarust.record((each) => each.listener === 'local' && each.proxy_command === 'LOCAL')
    expect(check).toMatchObject({ client: 'unix', peer: 'unix', reason: 'client_closed' })

    const client = running.raw(await clientAt(PLAYER, haproxy.port, loginBytes('a.example.com')))
    await client.receives('hello')
    expect(await playersAt(backend)).toMatchObject([
      { version: 2, source: { address: PLAYER, port: 40_000 }, destination: { address: '198.51.100.2', port: 25_565 } },
    ])
    client.destroy()
    const record = await infrarust.record((each) => each.player === 'Steve')
    expect(record).toMatchObject({ client: PLAYER, client_port: 40_000, peer: 'unix', listener: 'local', endpoint })
  })

  it('bulk arrives byte by byte, through both sockets', async () => {
    const { backend } = await start()
    const haproxy = running.add(
      await Haproxy.start({ bind: 'accept-proxy', to: `unix@${socket}`, server: 'send-proxy-v2' }),
    )
    const client = running.raw(await clientAt(PLAYER, haproxy.port, loginBytes('a.example.com')))
    await client.receives('hello')
    const seen = backend.connections.at(-1)
    if (seen === undefined) throw new Error('nobody came')
    const greeting = client.received.length
    const bulk = Buffer.from(Uint32Array.from({ length: 2 << 20 }, (_, at) => Math.imul(at, 0x9e3779b1)).buffer)
    await new Promise<void>((resolve) => seen.socket.end(bulk, () => resolve()))
    await client.closed()
    expect(client.received.subarray(greeting).equals(bulk)).toBe(true)
  })
})

describe.runIf(havePeers('nginx over a Unix socket', 'nginx'))('behind nginx, over a Unix socket', () => {
  it('a player and a list ping have the address that nginx saw', async () => {
    const { infrarust, backend } = await start()
    const nginx = running.add(await Nginx.start({ to: `unix:${socket}`, sendsHeader: true }))
    const client = running.raw(await RawClient.open(nginx.port, { from: '127.0.0.9' }))
    client.send(loginBytes('a.example.com'))
    await client.receives('hello')
    expect(await playersAt(backend)).toMatchObject([
      {
        source: { address: '127.0.0.9', port: client.localPort },
        destination: { address: '127.0.0.1', port: nginx.port },
      },
    ])
    const ping = running.raw(await RawClient.open(nginx.port, { from: '127.0.0.10' }))
    ping.send(statusBytes('a.example.com'))
    await ping.receives('hello')
    client.destroy()
    ping.destroy()
    expect(await infrarust.record((each) => each.intent === 'status')).toMatchObject({
      client: '127.0.0.10',
      peer: 'unix',
    })
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({
      client: '127.0.0.9',
      proxy_version: 1,
    })
  })
})

it('a server at a Unix socket gets players from a port, and a list ping when it is gone says that it is down', async () => {
  const { infrarust, backend, endpoint } = await start()
  const client = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.11' }))
  client.send(loginBytes('a.example.com'))
  await client.receives('hello')
  expect(await playersAt(backend)).toMatchObject([
    {
      source: { address: '127.0.0.11', port: client.localPort },
      destination: { address: '127.0.0.1', port: infrarust.port },
    },
  ])
  client.destroy()
  await backend.stop()
  const late = running.raw(await RawClient.open(infrarust.port, { from: '127.0.0.12' }))
  late.send(loginBytes('a.example.com'))
  await late.receives('cannot be reached')
  expect(await infrarust.recordOf(late)).toMatchObject({ reason: 'server_down', endpoint })
  const line = await infrarust.logged('did not answer at unix:')
  expect(line).toContain('ENOENT (unreachable); there is no such socket')
  await infrarust.stop()
  expect(existsSync(socket)).toBe(false)
})
