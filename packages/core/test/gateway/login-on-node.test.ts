import { constants, createCipheriv, createDecipheriv, createHash, createPublicKey, publicEncrypt } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import {
  compressedFrame,
  decodeEncryptionRequest,
  decodeHandshake,
  decodeLoginPluginResponse,
  decodeLoginStart,
  decodeVelocityForwarding,
  encodeEncryptionResponse,
  encodeHandshake,
  encodeLoginStart,
  encodeLoginSuccess,
  encodeSetCompression,
  encodeVelocityRequest,
  plainFrame,
  serverHash,
  type VelocityForwarding,
} from '@infrarust/minecraft'
import { RawBackend, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { LoginKey, PlayerAuthentication, SessionServer } from '../../src/entries/authentication.ts'
import { nodeTransport } from '../../src/entries/transport.ts'
import { type AccessRecord, Gateway, type Notice } from '../../src/index.ts'
import { hmac, loginsOf, NOTCH, SECRET } from '../connection/login-kit.ts'
import { listenerConfig, serverTo, settings } from './fixtures.ts'

const PROTOCOL = 767
const sha1 = (data: Uint8Array): Uint8Array => createHash('sha1').update(data).digest()

/** Everything that came on a socket, deciphered from where the client's key begins. */
class Stream {
  bytes = Buffer.alloc(0)
  readonly #socket: Socket
  #cipher:
    | { readonly out: ReturnType<typeof createCipheriv>; readonly in: ReturnType<typeof createDecipheriv> }
    | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, this.#cipher?.in.update(bytes) ?? bytes])
    })
  }

  startCipher(): void {
    const make = {
      out: createCipheriv('aes-128-cfb8', SECRET, SECRET),
      in: createDecipheriv('aes-128-cfb8', SECRET, SECRET),
    }
    this.#cipher = make
    this.bytes = Buffer.alloc(0)
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(this.#cipher?.out.update(bytes) ?? bytes)
  }
}

describe('a login in client_only on the node transport', { timeout: 60_000 }, () => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  it('goes from a real key and a session server to a relay that is enciphered for the client alone', async () => {
    let expected = ''
    const sessions = createHttpServer(({ url }, response) => {
      const asked = new URL(url ?? '/', 'http://localhost').searchParams
      const isJoined = asked.get('serverId') === expected && asked.get('username') === 'notch'
      response.writeHead(isJoined ? 200 : 204)
      response.end(isJoined ? JSON.stringify({ id: NOTCH.uuid.replaceAll('-', ''), ...NOTCH }) : '')
    }).listen(0, '127.0.0.1')
    await until(() => sessions.listening, 'the session server')
    closers.push(() => sessions.close())

    let heard: VelocityForwarding | undefined
    const backend = await RawBackend.start({
      onConnection: (socket) => {
        socket.write(Buffer.concat([encodeSetCompression(256), compressedFrame(encodeVelocityRequest(-7))]))
        socket.once('data', (answer) => {
          const plain = plainFrame(answer, (data) => data)
          const read = plain.kind === 'decoded' ? decodeLoginPluginResponse(plain.value) : plain
          const data = read.kind === 'decoded' ? read.value.data : undefined
          const forwarding = decodeVelocityForwarding(data ?? new Uint8Array(0), hmac)
          heard = forwarding.kind === 'decoded' ? forwarding.value : undefined
          socket.write(compressedFrame(encodeLoginSuccess(NOTCH, PROTOCOL)))
          socket.on('data', (bytes) => socket.write(bytes))
        })
      },
    })
    closers.push(() => backend.stop())

    const records: AccessRecord[] = []
    const notices: Notice[] = []
    const { port: sessionPort } = sessions.address() as AddressInfo
    const sessionServer = new SessionServer({
      url: `http://127.0.0.1:${sessionPort}/session/minecraft/hasJoined`,
      timeoutMs: 10_000,
    })
    closers.push(() => sessionServer.close())
    const key = await LoginKey.make()
    const authentication = new PlayerAuthentication({ key, sessionServer, maxPending: 64, preventsProxies: false })
    const { gatewayOptions } = settings({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], backend.port, { proxyMode: 'client_only' })],
    })
    const logins = { ...loginsOf({ forwarding: { kind: 'velocity', hmac } }), authentication }
    const gateway = new Gateway({
      ...gatewayOptions,
      settings: { ...gatewayOptions.settings, logins },
      record: (record) => records.push(record),
      notice: (notice) => notices.push(notice),
    })
    const keepAlive = { isEnabled: false, initialDelayMs: 0, intervalMs: 0, probes: 0 }
    const transport = nodeTransport({ handler: gateway, notice: () => undefined, keepAlive })
    gateway.attach(transport)
    closers.push(() => transport.close())
    const { port = 0 } = await transport.listen({ name: 'main', host: '127.0.0.1', port: 0 })

    const socket = connect(port, '127.0.0.1')
    closers.push(() => socket.destroy())
    const client = new Stream(socket)
    const opening = { protocolVersion: PROTOCOL, address: 'a.example.com', port: 25_565, intent: 'login' } as const
    client.write(Buffer.concat([encodeHandshake(opening), encodeLoginStart('notch', PROTOCOL)]))
    await until(() => decodeEncryptionRequest(client.bytes, PROTOCOL).kind === 'decoded', 'an Encryption Request')
    const request = decodeEncryptionRequest(client.bytes, PROTOCOL)
    if (request.kind !== 'decoded') throw new Error('no Encryption Request')
    const { publicKey, verifyToken } = request.value
    const der = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
    const encrypt = (bytes: Uint8Array): Uint8Array =>
      publicEncrypt({ key: der, padding: constants.RSA_PKCS1_PADDING }, bytes)
    expected = serverHash(sha1, '', SECRET, publicKey)
    const proof = { kind: 'encrypted', encryptedToken: encrypt(verifyToken) } as const
    client.write(encodeEncryptionResponse({ encryptedSecret: encrypt(SECRET), proof }, PROTOCOL))
    client.startCipher()

    const compression = encodeSetCompression(256)
    const success = compressedFrame(encodeLoginSuccess(NOTCH, PROTOCOL))
    await until(() => client.bytes.length >= compression.length + success.length, 'the login of the backend')
    expect(client.bytes).toEqual(Buffer.concat([compression, success]))
    expect(heard).toMatchObject({ version: 4, clientAddress: '127.0.0.1', profile: NOTCH })
    client.bytes = Buffer.alloc(0)
    client.write(Buffer.from('said in play, in one piece or many'))
    await until(() => client.bytes.length >= 34, 'an echo')
    expect(client.bytes.toString()).toBe('said in play, in one piece or many')

    const head = backend.connections[0]?.bytes ?? Buffer.alloc(0)
    const handshake = decodeHandshake(head)
    if (handshake.kind !== 'decoded') throw new Error('no handshake')
    expect(decodeLoginStart(head.subarray(handshake.consumedBytes), PROTOCOL)).toMatchObject({
      value: { name: 'Notch' },
    })
    socket.end()
    await until(() => records.length === 1, 'the record')
    expect(records[0]).toMatchObject({ player: 'Notch', server: 'a', reason: 'client_closed' })
    expect(notices).toEqual([])
  })
})
