import { createHash } from 'node:crypto'
import { constants, inflateSync } from 'node:zlib'
import {
  type ClientboundLogin,
  decodeClientboundLogin,
  decodeEncryptionRequest,
  decodeEncryptionResponse,
  decodeFrame,
  decodeLoginDisconnect,
  decodeLoginPluginRequest,
  decodeLoginPluginResponse,
  decodeLoginStart,
  decodeLoginSuccess,
  decodeSetCompression,
  encodeEncryptionRequest,
  encodeEncryptionResponse,
  encodeHandshake,
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodeLoginSuccess,
  encodeSetCompression,
  encodeVarInt,
  type Inflate,
  type LoginSuccess,
  offlineUuid,
  PROTOCOL_VERSIONS,
  plainFrame,
} from '@infrarust/minecraft'
import { RawClient, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { type LoginSerializers, loginSerializers } from '../fixtures/login-serializers.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'

const VERSIONS = loginSerializers(PROTOCOL_VERSIONS)

const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const SECRET = Buffer.alloc(128, 0x5e)
const TOKEN = Buffer.alloc(128, 0x70)
const KEY = Buffer.alloc(162, 0x30)
const SALT = -2n
const SALT_BYTES = Buffer.from('fffffffffffffffe', 'hex')
const SIGNATURE = Buffer.alloc(256, 0x51)
const PROFILE_KEY = { expiresAtMs: 0x18000000000n, publicKey: Buffer.alloc(294, 1), signature: Buffer.alloc(512, 2) }
const PROPERTIES = [
  { name: 'textures', value: 'QUJD', signature: 'REVG' },
  { name: 'plain', value: 'x' },
]

/** 1.7.2 it takes for a 1.7.10, 1.14.2 it leaves out, and the last two came after it. */
const UNKNOWN_TO_MINECRAFT_PROTOCOL = [4, 485, 776, 777]

it('minecraft-protocol is asked in every version that it knows', () => {
  const asked = VERSIONS.map(({ protocolVersion }) => protocolVersion)
  expect(PROTOCOL_VERSIONS.filter((version) => !asked.includes(version))).toEqual(UNKNOWN_TO_MINECRAFT_PROTOCOL)
})

describe.each(VERSIONS)('in protocol version $protocolVersion minecraft-protocol and the codec agree on', (peer) => {
  const { protocolVersion } = peer
  const hasProofChoice = protocolVersion === 759 || protocolVersion === 760

  it('Login Start', () => {
    const uuid = protocolVersion >= 760 ? UUID : undefined
    for (const profileKey of hasProofChoice ? [undefined, PROFILE_KEY] : [undefined]) {
      const signature = profileKey && {
        timestamp: profileKey.expiresAtMs,
        publicKey: profileKey.publicKey,
        signature: profileKey.signature,
      }
      both(peer, 'server', encodeLoginStart('Alex', protocolVersion, uuid, profileKey), 'login_start', {
        username: 'Alex',
        playerUUID: uuid,
        signature,
      })
      const written = frame(peer.write('server', 'login_start', { username: 'Alex', playerUUID: uuid, signature }))
      expect(decodeLoginStart(written, protocolVersion)).toMatchObject({
        value: { name: 'Alex', claimedUuid: uuid, profileKey: bytesOf(profileKey), layout: 'known' },
      })
    }
  })

  it('Encryption Request', () => {
    const request = { serverId: '', publicKey: KEY, verifyToken: Buffer.from('01020304', 'hex') }
    for (const shouldAuthenticate of protocolVersion >= 766 ? [true, false] : [true]) {
      const ours = encodeEncryptionRequest({ ...request, shouldAuthenticate }, protocolVersion)
      both(peer, 'client', ours, 'encryption_begin', { ...request, shouldAuthenticate })
      expect(decodeEncryptionRequest(ours, protocolVersion)).toMatchObject({
        value: bytesOf({ ...request, shouldAuthenticate }),
      })
    }
  })

  it('Encryption Response', () => {
    const encrypted = { encryptedSecret: SECRET, proof: { kind: 'encrypted', encryptedToken: TOKEN } } as const
    const ours = encodeEncryptionResponse(encrypted, protocolVersion)
    const theirs = hasProofChoice
      ? { sharedSecret: SECRET, hasVerifyToken: true, crypto: { verifyToken: TOKEN } }
      : { sharedSecret: SECRET, verifyToken: TOKEN }
    both(peer, 'server', ours, 'encryption_begin', theirs)
    const value = { encryptedSecret: bytes(SECRET), proof: { kind: 'encrypted', encryptedToken: bytes(TOKEN) } }
    expect(decodeEncryptionResponse(ours, protocolVersion)).toMatchObject({ value })
    if (!hasProofChoice) return

    const signed = { kind: 'signed', salt: SALT_BYTES, signature: SIGNATURE } as const
    const oursSigned = encodeEncryptionResponse({ encryptedSecret: SECRET, proof: signed }, protocolVersion)
    const crypto = { salt: SALT, messageSignature: SIGNATURE }
    both(peer, 'server', oursSigned, 'encryption_begin', { sharedSecret: SECRET, hasVerifyToken: false, crypto })
    expect(decodeEncryptionResponse(oursSigned, protocolVersion)).toMatchObject({ value: { proof: bytesOf(signed) } })
  })

  it('Login Success', () => {
    const profile = { uuid: UUID, name: 'Alex', properties: PROPERTIES }
    const ours = encodeLoginSuccess(profile, protocolVersion)
    const theirs = { uuid: UUID, username: 'Alex', properties: PROPERTIES, strictErrorHandling: true }
    both(peer, 'client', ours, 'success', theirs)
    const properties = protocolVersion >= 759 ? PROPERTIES : []
    const written = frame(peer.write('client', 'success', theirs))
    expect(decodeLoginSuccess(written, protocolVersion)).toMatchObject({
      value: { profile: { ...profile, properties } },
    })
  })

  it('a disconnect', () => {
    const reason = JSON.stringify({ text: 'No' })
    both(peer, 'client', encodeLoginDisconnect({ text: 'No' }), 'disconnect', { reason })
    const written = frame(peer.write('client', 'disconnect', { reason }))
    expect(decodeLoginDisconnect(written, 1000)).toMatchObject({ value: reason })
  })

  if (protocolVersion >= 47)
    it('Set Compression', () => {
      for (const threshold of [256, 0, -1]) {
        both(peer, 'client', encodeSetCompression(threshold), 'compress', { threshold })
        const written = frame(peer.write('client', 'compress', { threshold }))
        expect(decodeSetCompression(written)).toMatchObject({ value: { thresholdBytes: threshold } })
      }
    })

  if (protocolVersion >= 393)
    it('Login Plugin Requests and Responses', () => {
      const data = Buffer.from('0104', 'hex')
      const request = { messageId: -7, channel: 'velocity:player_info', data }
      both(peer, 'client', encodeLoginPluginRequest(request), 'login_plugin_request', request)
      const asked = frame(peer.write('client', 'login_plugin_request', request))
      expect(decodeLoginPluginRequest(asked)).toMatchObject({ value: bytesOf(request) })
      for (const answer of [
        { messageId: -7, data },
        { messageId: 7, data: undefined },
      ]) {
        both(peer, 'server', encodeLoginPluginResponse(answer), 'login_plugin_response', answer)
        const answered = frame(peer.write('server', 'login_plugin_response', answer))
        expect(decodeLoginPluginResponse(answered)).toMatchObject({ value: bytesOf(answer) })
      }
    })
})

const EVERY_LAYOUT = VERSIONS.filter(({ protocolVersion }) =>
  [5, 47, 340, 404, 578, 754, 759, 760, 763, 764, 767, 775].includes(protocolVersion),
)

describe.each(EVERY_LAYOUT)('a server of $release', ({ release, protocolVersion }) => {
  it('lets in who logs in by the codec, and is followed up to its Login Success', async () => {
    const server = await MinecraftServer.start({ version: release })
    const client = await RawClient.open(server.port)
    const handshake = { protocolVersion, address: 'localhost', port: server.port, intent: 'login' } as const
    client.send(encodeHandshake(handshake), encodeLoginStart('Alex', protocolVersion))
    const login = new FollowedLogin(protocolVersion)
    await until(
      () => login.follow(client.received),
      'a Login Success',
      () => login.packets.join(', '),
    )
    client.destroy()
    await server.stop()
    expect(login.packets).toEqual(protocolVersion < 47 ? ['login-success'] : ['set-compression', 'login-success'])
    const uuid = offlineUuid('Alex', (data) => createHash('md5').update(data).digest())
    expect(login.success?.profile).toMatchObject({ uuid, name: 'Alex' })
  })
})

const inflate: Inflate = (data, maxOutputLength) =>
  inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })

/** What a backend sends, frame by frame up to its Login Success. */
class FollowedLogin {
  readonly packets: (ClientboundLogin | 'unknown')[] = []
  success: LoginSuccess | undefined
  readonly #protocolVersion: number
  #compression: Inflate | undefined
  #consumedBytes = 0

  constructor(protocolVersion: number) {
    this.#protocolVersion = protocolVersion
  }

  /** @param received from the first byte of the backend on */
  follow(received: Uint8Array): boolean {
    while (this.success === undefined) {
      const next = decodeClientboundLogin(received.subarray(this.#consumedBytes), this.#compression)
      if (next.kind !== 'decoded') return false
      this.#consumedBytes += next.consumedBytes
      this.packets.push(next.value.packet)
      const plain = plainFrame(next.value.frame, this.#compression)
      if (plain.kind !== 'decoded') throw new Error(`a frame that is ${plain.kind}`)
      this.#read(next.value.packet, plain.value)
    }
    return true
  }

  #read(packet: ClientboundLogin | 'unknown', frame: Uint8Array): void {
    if (packet === 'set-compression') {
      const set = decodeSetCompression(frame)
      if (set.kind === 'decoded' && set.value.thresholdBytes >= 0) this.#compression = inflate
    }
    if (packet === 'login-success') {
      const read = decodeLoginSuccess(frame, this.#protocolVersion)
      if (read.kind === 'decoded') this.success = read.value
      else throw new Error(`a Login Success that is ${read.kind}`)
    }
  }
}

/** Our frame is the bytes that the peer writes for these fields, and the peer reads these fields out of it. */
function both(peer: LoginSerializers, to: 'client' | 'server', ours: Uint8Array, name: string, fields: object): void {
  const body = decodeFrame(ours, ours.length)
  if (body.kind !== 'decoded') expect.fail(`not a frame: ${body.kind}`)
  expect(Buffer.from(body.value)).toEqual(Buffer.from(peer.write(to, name, fields)))
  const read = peer.read(to, body.value)
  expect(read.name).toBe(name)
  // What this version has no field for is not read.
  expect(comparable(fields)).toMatchObject(comparable(read.params))
}

/** The library reads a `long` as an array of its own kind, and a field that is not there as undefined. */
function comparable(value: object): object {
  return JSON.parse(
    JSON.stringify(value, (_, field: unknown) => {
      if (Array.isArray(field) && field.constructor !== Array) return String(field.valueOf())
      return typeof field === 'bigint' ? String(field) : field
    }),
  )
}

function frame(packet: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([encodeVarInt(packet.length), packet]))
}

function bytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer)
}

/** The same with plain byte arrays, as the codec gives them. */
function bytesOf(value: object | undefined): object | undefined {
  if (value === undefined) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, field instanceof Uint8Array ? bytes(field) : field]),
  )
}
