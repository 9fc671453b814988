import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { deflateSync } from 'node:zlib'
import {
  encodeHandshake,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodePacket,
  encodeVarInt,
  encodeVelocityForwarding,
  type Intent,
  type Profile,
} from '@infrarust/minecraft'
import { encode } from '@infrarust/proxy-protocol'
import { type Liar, RawClient, sayJoined, TestSessionServer, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { JEB, NOTCH } from '../fixtures/account.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { asPaper, asPlainSpigot, LoginBackend } from '../fixtures/login-backend.ts'
import { FORWARDING_SECRET, loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { residentBytesOf } from '../fixtures/process-use.ts'
import { answerTo, type LoginOutcome, newAddress, RawPlayer } from '../fixtures/raw-player.ts'
import { Running } from '../fixtures/running.ts'

const PROTOCOL = 767
const MIB = 2 ** 20

describe('whoever attacks a login', () => {
  const running = new Running()
  let sessionServer: TestSessionServer
  let backend: LoginBackend
  let infrarust: Infrarust

  beforeAll(async () => {
    sessionServer = running.add(await TestSessionServer.start([NOTCH, JEB]))
    backend = running.add(await LoginBackend.start(asPlainSpigot))
    const { port } = backend
    infrarust = running.add(
      await startLoginProxy(sessionServer, {
        auth: 'timeout = "2s"\n',
        servers: {
          verified: loginServer('verified.example.com', port, 'client_only', 'none'),
          believed: loginServer('believed.example.com', port, 'offline', 'none'),
          bungeecord: loginServer('bungeecord.example.com', port, 'client_only', 'bungeecord'),
          signed: loginServer('signed.example.com', port, 'client_only', 'velocity'),
          'signed-offline': loginServer('signed-offline.example.com', port, 'offline', 'velocity'),
        },
      }),
    )
    // What a first login loads and compiles is no attack's doing.
    await goodLogin()
  })
  afterAll(() => running.stopAll())
  afterEach(() => {
    sessionServer.liar = undefined
  })

  async function open(domain: string, name = 'Notch', protocolVersion = PROTOCOL): Promise<RawPlayer> {
    const player = await RawPlayer.open(infrarust.port, { domain, name, protocolVersion, address: newAddress() })
    running.raw(player.client)
    return player
  }

  async function goodLogin(): Promise<void> {
    backend.lead = asPaper(FORWARDING_SECRET)
    const player = await open('signed.example.com')
    await player.authenticate(sessionServer, NOTCH)
    expect(await player.outcome()).toMatchObject({ kind: 'in', success: { profile: { uuid: NOTCH.uuid } } })
    player.client.destroy()
  }

  /** The record of the connection, told by the address that it came from. */
  async function ended(player: RawPlayer): Promise<{ readonly reason: string; readonly outcome: LoginOutcome }> {
    const outcome = await player.outcome()
    const record = await infrarust.record(({ client }) => client === player.address, `the record of ${player.address}`)
    return { reason: record.reason, outcome }
  }

  async function bytes(
    ...said: readonly Uint8Array[]
  ): Promise<{ readonly client: RawClient; readonly address: string }> {
    const address = newAddress()
    const client = running.raw(await RawClient.open(infrarust.port))
    const destination = { address: '198.51.100.2', port: 25_565 }
    client.send(encode({ command: 'PROXY', source: { address, port: 40_000 }, destination }), ...said)
    return { client, address }
  }

  describe('by what the handshake says', () => {
    const id = NOTCH.uuid.replaceAll('-', '')
    const token = JSON.stringify([{ name: 'bungeeguard-token', value: FORWARDING_SECRET, signature: '' }])
    const forged = [
      `\x00192.0.2.1\x00${id}`,
      `\x00192.0.2.1\x00${id}\x00[]`,
      `\x00192.0.2.1\x00${id}\x00${token}`,
      `\x00FML\x00\x00192.0.2.1\x00${id}`,
      `\x00FML2\x00192.0.2.1\x00${id}\x00${token}`,
      `///192.0.2.1:4///1\x00192.0.2.1\x00${id}`,
      `.\x00\x00\x00`,
    ]
    const domains = ['verified', 'believed', 'bungeecord', 'signed', 'signed-offline']
    const intents: readonly Intent[] = ['login', 'transfer']

    it.each(domains)('reaches no server as forwarding of BungeeCord, at %s', async (server) => {
      const before = backend.logins.length
      for (const host of forged)
        for (const intent of intents) {
          const handshake = { protocolVersion: PROTOCOL, address: `${server}.example.com${host}`, port: 25_565, intent }
          // Their length is what the game allows, so that it is the content that is refused.
          const { client, address } = await bytes(
            encodeHandshake(handshake, 2_500),
            encodeLoginStart('Notch', PROTOCOL),
          )
          await client.closed()
          const record = await infrarust.record((of) => of.client === address)
          expect(`${host} ${record.reason}`).toBe(`${host} bad_handshake`)
        }
      expect(backend.logins.length).toBe(before)
    })

    it.each(['Notch\0x', 'Notch\x0192.0.2.1', 'No tch', '', 'Nötch', '§cNotch', 'N'.repeat(17)])(
      'is no account’s name: %j',
      async (name) => {
        const before = { logins: backend.logins.length, asked: sessionServer.asked.length }
        // As a client would that does not hold to the length either.
        const text = Buffer.from(name)
        const start = encodePacket(0, encodeVarInt(text.length), text, Buffer.alloc(16))
        const handshake = {
          protocolVersion: PROTOCOL,
          address: 'verified.example.com',
          port: 1,
          intent: 'login',
        } as const
        const { client, address } = await bytes(encodeHandshake(handshake), start)
        await client.closed()
        const { reason } = await infrarust.record((of) => of.client === address)
        expect(['bad_handshake', 'auth_failed']).toContain(reason)
        expect({ logins: backend.logins.length, asked: sessionServer.asked.length }).toEqual(before)
      },
    )
  })

  describe('by the exchange of keys', () => {
    it('gets nothing for a recorded answer, for another’s answer, or for a wrong token', async () => {
      const good = await open('signed.example.com')
      const request = await good.encryptionRequest()
      const secret = randomBytes(16)
      const recorded = answerTo(request, secret, PROTOCOL)
      good.client.destroy()

      const asked = sessionServer.asked.length
      const answers: ((own: typeof request) => Uint8Array)[] = [
        () => recorded,
        ({ publicKey }) =>
          answerTo({ ...request, publicKey, verifyToken: Buffer.from('0102', 'hex') }, secret, PROTOCOL),
        ({ publicKey }) => answerTo({ ...request, publicKey, verifyToken: Buffer.alloc(0) }, secret, PROTOCOL),
      ]
      for (const answer of answers) {
        const player = await open('signed.example.com')
        player.client.send(answer(await player.encryptionRequest()))
        expect(await ended(player)).toEqual({ reason: 'auth_failed', outcome: { kind: 'closed' } })
      }
      expect(sessionServer.asked.length).toBe(asked)
    })

    it('gets nothing for a secret of another length than 16 bytes', async () => {
      for (const length of [0, 1, 15, 17, 32, 100]) {
        const player = await open('signed.example.com')
        player.client.send(answerTo(await player.encryptionRequest(), randomBytes(length), PROTOCOL))
        expect(await ended(player)).toEqual({ reason: 'auth_failed', outcome: { kind: 'closed' } })
      }
    })

    it('gets nothing for blocks that were never encrypted', async () => {
      for (const block of [Buffer.alloc(128), Buffer.alloc(128, 0xff), randomBytes(128)]) {
        const player = await open('signed.example.com')
        await player.encryptionRequest()
        player.client.send(encodePacket(1, encodeVarInt(128), block, encodeVarInt(128), block))
        expect(await ended(player)).toEqual({ reason: 'auth_failed', outcome: { kind: 'closed' } })
      }
    })

    it('is cut off at the length of an answer that is longer than any', async () => {
      const player = await open('signed.example.com')
      await player.encryptionRequest()
      // The announcement alone.
      player.client.send(encodeVarInt(601), Buffer.of(1))
      expect((await ended(player)).reason).toBe('overrun')
    })

    const reordered: Record<string, (player: RawPlayer, answer: Uint8Array) => Uint8Array> = {
      'Login Start again': () => encodeLoginStart('jeb_', PROTOCOL),
      'an answer to a question of a server': () => encodeLoginPluginResponse({ messageId: 1, data: undefined }),
      'Login Acknowledged': () => encodePacket(3),
      'a status request': () => encodePacket(0),
    }
    it.each(Object.keys(reordered))('is refused who says %s where the key is due', async (what) => {
      const player = await open('signed.example.com')
      const request = await player.encryptionRequest()
      player.client.send(reordered[what]?.(player, answerTo(request, randomBytes(16), PROTOCOL)) ?? Buffer.alloc(0))
      expect(await ended(player)).toEqual({ reason: 'bad_handshake', outcome: { kind: 'closed' } })
    })

    it('is refused who answers before it was asked', async () => {
      const before = sessionServer.asked.length
      const handshake = { protocolVersion: PROTOCOL, address: 'signed.example.com', port: 1, intent: 'login' } as const
      const block = [encodeVarInt(128), randomBytes(128)]
      const { client, address } = await bytes(encodeHandshake(handshake), encodePacket(1, ...block, ...block))
      await client.closed()
      expect((await infrarust.record((of) => of.client === address)).reason).toBe('bad_handshake')
      expect(sessionServer.asked.length).toBe(before)
    })
  })

  describe('by what is said once the key is there', () => {
    const forgery = (profile: Profile): Uint8Array =>
      encodeVelocityForwarding(
        { clientAddress: '192.0.2.1', profile },
        { versionAsked: 4, protocolVersion: PROTOCOL },
        (data) => createHmac('sha256', FORWARDING_SECRET).update(data).digest(),
      )
    const frames: Record<string, Uint8Array> = {
      'an answer that nobody asked for': encodeLoginPluginResponse({ messageId: 5, data: Buffer.of(1) }),
      'an answer to Velocity’s question that was signed for another': encodeLoginPluginResponse({
        messageId: -7,
        data: forgery(JEB),
      }),
      'Login Start again': encodeLoginStart('jeb_', PROTOCOL),
      'an Encryption Response again': encodePacket(1, encodeVarInt(1), Buffer.of(1), encodeVarInt(1), Buffer.of(1)),
    }

    it.each(Object.keys(frames).flatMap((what) => ['verified', 'signed'].map((server) => ({ what, server }))))(
      'is refused who says $what before the server has let it in, at $server',
      async ({ what, server }) => {
        const before = backend.logins.length
        // It says something that stands, and then waits: what the client says is judged, not raced.
        backend.lead = async ({ socket }) =>
          void socket.write(encodeLoginPluginRequest({ messageId: 4, channel: 'other:channel', data: Buffer.of(1) }))
        const player = await open(`${server}.example.com`)
        await player.authenticate(sessionServer, NOTCH)
        await until(() => backend.logins.length > before, 'the proxy to dial')
        player.say(frames[what] ?? Buffer.alloc(0))
        expect((await ended(player)).reason).toBe('bad_handshake')
        const heard = backend.last.unread
        expect(heard.includes('jeb_')).toBe(false)
        expect(heard.includes('192.0.2.1')).toBe(false)
      },
    )

    it('goes nowhere with what it has sent before the server was dialled, but for what a server has asked', async () => {
      backend.lead = asPaper(FORWARDING_SECRET)
      const player = await open('signed.example.com')
      sessionServer.liar = (asked, response) => void setTimeout(() => truth(asked, response), 200)
      await player.authenticate(sessionServer, NOTCH)
      player.say(encodeLoginPluginResponse({ messageId: -7, data: forgery(JEB) }))
      expect((await ended(player)).reason).toBe('bad_handshake')
    })

    it('is reset who sends more than is held while it is verified', async () => {
      const player = await open('signed.example.com')
      sessionServer.liar = () => undefined
      await player.authenticate(sessionServer, NOTCH)
      player.say(Buffer.alloc(MIB))
      await player.client.closed()
      expect((await infrarust.record(({ client }) => client === player.address)).reason).toBe('overrun')
    })
  })

  describe('with a session server', () => {
    const huge: Liar = (_, response) => {
      response.writeHead(200)
      response.on('error', () => undefined)
      // Written as it is taken: what is not read is not made.
      let left = 160
      const more = (): void => {
        while (left-- > 0) if (!response.write(Buffer.alloc(65_536, 0x20))) return void response.once('drain', more)
        response.end()
      }
      more()
    }
    const answer =
      (status: number, body: string): Liar =>
      (_, response) =>
        void response.writeHead(status).end(body)
    const liars: Record<string, { readonly liar: Liar; readonly reason: string }> = {
      'is slow': { liar: () => undefined, reason: 'auth_unavailable' },
      'stops in the middle': {
        liar: (_, response) => void response.writeHead(200).write('{"id":'),
        reason: 'auth_unavailable',
      },
      'closes without a word': { liar: (_, { socket }) => void socket?.destroy(), reason: 'auth_unavailable' },
      resets: { liar: (_, { socket }) => void socket?.resetAndDestroy(), reason: 'auth_unavailable' },
      'answers ten megabytes': { liar: huge, reason: 'auth_unavailable' },
      'answers a page': { liar: answer(200, '<html>'), reason: 'auth_unavailable' },
      'answers nothing': { liar: answer(200, ''), reason: 'auth_unavailable' },
      'answers an empty object': { liar: answer(200, '{}'), reason: 'auth_unavailable' },
      'answers a list': { liar: answer(200, '[]'), reason: 'auth_unavailable' },
      'nests a thousand times': { liar: answer(200, '['.repeat(60_000)), reason: 'auth_unavailable' },
      'answers with half a UUID': { liar: answer(200, '{"id":"069a79f4","name":"Notch"}'), reason: 'auth_unavailable' },
      'answers with a name of an attacker': {
        liar: (_, response) => sayJoined({ ...NOTCH, name: 'Not\0ch' }, response),
        reason: 'auth_unavailable',
      },
      'answers with a name that is too long': {
        liar: (_, response) => sayJoined({ ...NOTCH, name: 'N'.repeat(17) }, response),
        reason: 'auth_unavailable',
      },
      'says no': { liar: answer(204, ''), reason: 'auth_failed' },
      'says no as others do': { liar: answer(403, ''), reason: 'auth_failed' },
      'is asked too often': { liar: answer(429, ''), reason: 'auth_unavailable' },
      'is down': { liar: answer(503, 'down'), reason: 'auth_unavailable' },
      'sends elsewhere': {
        liar: (_, response) => void response.writeHead(302, { location: sessionServer.url }).end(),
        reason: 'auth_unavailable',
      },
    }

    it.each(Object.entries(liars))('that %s lets nobody in, with a text', async (_, { liar, reason }) => {
      const dialled = backend.logins.length
      sessionServer.liar = liar
      const player = await open('signed.example.com')
      await player.authenticate(sessionServer, NOTCH)
      const end = await ended(player)
      expect(end).toMatchObject({ reason, outcome: { kind: 'kicked' } })
      expect(backend.logins.length).toBe(dialled)
    })

    it('that answers with properties that fit nowhere lets nobody in, with a text', async () => {
      backend.lead = asPaper(FORWARDING_SECRET)
      const properties = [{ name: 'textures', value: 'x'.repeat(40_000) }]
      sessionServer.liar = (_, response) => sayJoined({ ...NOTCH, properties }, response)
      const player = await open('signed.example.com')
      await player.authenticate(sessionServer, NOTCH)
      expect(await ended(player)).toMatchObject({ reason: 'forwarding', outcome: { kind: 'kicked' } })
      expect(backend.last.forwarded).toBeUndefined()
    })

    it('that answers ten megabytes to twenty players costs little memory', async () => {
      sessionServer.liar = huge
      const before = residentBytesOf(infrarust.child.pid)
      const players = await Promise.all(Array.from({ length: 20 }, () => open('signed.example.com')))
      await Promise.all(players.map((player) => player.authenticate(sessionServer, NOTCH)))
      const ends = await Promise.all(players.map(ended))
      expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(['auth_unavailable']))
      expect(residentBytesOf(infrarust.child.pid) - before).toBeLessThan(48 * MIB)
    })

    it('that is back lets players in again', async () => {
      await goodLogin()
    })
  })

  describe('from behind', () => {
    /** A packet of this id that announces so many bytes and holds many more. */
    const bomb = (packetId: number, announced: number, bytes: number): Uint8Array => {
      const packet = Buffer.alloc(bytes)
      packet[0] = packetId
      const deflated = deflateSync(packet)
      const length = encodeVarInt(announced)
      return Buffer.concat([encodeVarInt(length.length + deflated.length), length, deflated])
    }

    it.each([
      ['of less than it holds', 300, 64 * MIB],
      ['of more than any', 2 ** 30, MIB],
      ['of a negative length', -1, MIB],
      ['of as much as there may be', 2 ** 21 - 1, 64 * MIB],
    ])('with a bomb %s in any packet costs no memory', async (_, announced, bytesOfBomb) => {
      const before = residentBytesOf(infrarust.child.pid)
      // Disconnect, Encryption Request, Set Compression, Login Plugin Request, Cookie Request, and what no version has.
      for (const packetId of [0, 1, 3, 4, 5, 9]) {
        const frame = bomb(packetId, announced, bytesOfBomb)
        backend.lead = async (login) => {
          login.setCompression()
          login.socket.end(frame)
        }
        const { client, address } = await bytes(
          encodeHandshake({
            protocolVersion: PROTOCOL,
            address: 'signed-offline.example.com',
            port: 1,
            intent: 'login',
          }),
          encodeLoginStart('Notch', PROTOCOL),
        )
        await client.closed()
        const { reason } = await infrarust.record((of) => of.client === address)
        expect(['server_down', 'server_closed', 'forwarding']).toContain(reason)
      }
      expect(residentBytesOf(infrarust.child.pid) - before).toBeLessThan(48 * MIB)
    })

    it('with a client’s bomb in the format that the server has set is no answer', async () => {
      // Short enough to be looked at: what is longer only passes.
      const frame = bomb(2, 300, 32 * MIB)
      const before = residentBytesOf(infrarust.child.pid)
      backend.lead = async (login) => {
        login.setCompression()
        login.send(encodeLoginPluginRequest({ messageId: 1, channel: 'a:b', data: Buffer.alloc(0) }))
      }
      const player = await open('signed.example.com')
      await player.authenticate(sessionServer, NOTCH)
      // From here on the format is that of the server.
      await until(() => player.take().length > 0, 'what the server has sent')
      player.say(frame)
      const record = await infrarust.record(({ client }) => client === player.address)
      expect(record.reason).toBe('bad_handshake')
      expect(residentBytesOf(infrarust.child.pid) - before).toBeLessThan(48 * MIB)
    })
  })

  it('that is refused by a dead session server is told so', async () => {
    const dead = createServer().listen(0, '127.0.0.1')
    await until(() => dead.listening, 'a port')
    const bound = dead.address()
    const port = typeof bound === 'object' ? bound?.port : undefined
    await new Promise((closed) => dead.close(closed))
    const url = `http://127.0.0.1:${port}/session/minecraft/hasJoined`
    infrarust.writeConfiguration(`receive_proxy_protocol = true\n[auth]\nsession_url = "${url}"\n`)
    await infrarust.logged('session_url')
    const player = await open('signed.example.com')
    await player.authenticate(sessionServer, NOTCH)
    expect(await ended(player)).toMatchObject({ reason: 'auth_unavailable', outcome: { kind: 'kicked' } })
  })

  function truth(asked: Parameters<Liar>[0], response: Parameters<Liar>[1]): void {
    sayJoined(asked.username.toLowerCase() === 'notch' ? NOTCH : JEB, response)
  }
})
