import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { decodeVelocityForwarding, type VelocityForwarding } from '@infrarust/minecraft'
import { until } from '@infrarust/test-kit'
import minecraft, { type Client, type ServerClient } from 'minecraft-protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'

const ID = '069a79f444e94726a5befca90e38aaf5'
const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const TEXTURES = { name: 'textures', value: 'c2tpbg=='.repeat(60), signature: 'c2ln' }
const SECRET = 'known-to-both-sides'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A session server that has one account, and knows where it has joined. */
async function sessionServer(): Promise<string> {
  let joined: string | undefined
  const server = createHttpServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.endsWith('/join')) {
      joined = String(((await json(request)) as { serverId?: unknown }).serverId)
      response.writeHead(204).end()
    } else if (joined !== undefined && searchParams.get('serverId') === joined)
      response.end(JSON.stringify({ id: ID, name: 'Notch', properties: [TEXTURES] }))
    else response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server of the library that asks who a player is before it lets him in, as Paper does. */
async function velocityServer(heard: VelocityForwarding[]): Promise<number> {
  const server = minecraft.createServer({
    'online-mode': false,
    host: '127.0.0.1',
    port: 0,
    version: '1.20.4',
    keepAlive: false,
    hideErrors: true,
  })
  server.on('connection', (client: ServerClient) => {
    const [logIn] = client.listeners('login_start')
    client.removeAllListeners('login_start')
    client.once('login_start', (start: unknown) => {
      client.write('login_plugin_request', { messageId: -7, channel: 'velocity:player_info', data: Buffer.of(4) })
      client.once('login_plugin_response', ({ data }: { data?: Buffer }) => {
        const hmac = (bytes: Uint8Array): Uint8Array => createHmac('sha256', SECRET).update(bytes).digest()
        const read = decodeVelocityForwarding(data ?? Buffer.alloc(0), hmac)
        if (read.kind === 'decoded') heard.push(read.value)
        if (read.kind === 'decoded') logIn?.call(client, start)
        else client.end('Unable to verify player details')
      })
    })
  })
  await once(server, 'listening')
  closers.push(() => server.close())
  return (server as unknown as { socketServer: { address(): AddressInfo } }).socketServer.address().port
}

/** The client of the library with an account, on its way to `a.example.com`. */
function player(port: number, sessions: string): Client {
  const session = { accessToken: 'token', selectedProfile: { id: ID, name: 'notch' } }
  const options = {
    username: 'notch',
    version: '1.20.4',
    host: 'a.example.com',
    port: 25_565,
    hideErrors: true,
    sessionServer: sessions,
    skipValidation: true,
    auth(client: Client, given: { accessToken?: string; haveCredentials?: boolean; connect(client: Client): void }) {
      client.session = session
      client.username = 'notch'
      given.accessToken = 'token'
      given.haveCredentials = true
      client.emit('session', session)
      given.connect(client)
    },
    connect(client: Client) {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        client.setSocket(socket)
        client.emit('connect')
      })
    },
  }
  const client = minecraft.createClient(options as unknown as Parameters<typeof minecraft.createClient>[0])
  client.on('error', () => undefined)
  closers.push(() => client.end('bye'))
  return client
}

describe('a server with proxy_mode = "client_only" and the forwarding of Velocity', () => {
  it('gets the account, the skin and the address of a player whom the proxy has authenticated', async () => {
    const sessions = await sessionServer()
    const heard: VelocityForwarding[] = []
    const backend = await velocityServer(heard)
    const proxy = await Infrarust.start({
      toml: `[auth]\nsession_url = "${sessions}/session/minecraft/hasJoined"\n[forwarding]\nmode = "modern"\n`,
      servers: {
        a: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend}"]\nproxy_mode = "client_only"\n`,
      },
      // As an editor of Windows leaves it.
      files: { 'forwarding.secret': `\uFEFF${SECRET}\r\n` },
    })
    closers.push(() => proxy.stop())

    let hasJoined = false
    const client = player(proxy.port, sessions)
    client.on('success', () => {
      hasJoined = true
    })
    const log = () => proxy.child.lines.slice(-20).join('\n')
    await until(() => hasJoined, 'the player is in', log)
    expect(heard).toMatchObject([
      { clientAddress: '127.0.0.1', profile: { name: 'Notch', uuid: UUID, properties: [TEXTURES] } },
    ])
    client.end('bye')
    const record = await proxy.record(({ server }) => server === 'a')
    expect(record).toMatchObject({ player: 'Notch', claimed: 'notch' })
    expect(log()).not.toContain(SECRET)
  })
})
