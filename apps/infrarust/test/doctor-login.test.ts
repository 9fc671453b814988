import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { BackendNames, type ForwardingKind } from '@infrarust/core'
import {
  compressedFrame,
  decodeHandshake,
  encodeEncryptionRequest,
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginSuccess,
  encodeSetCompression,
  encodeStatusResponse,
  encodeVelocityRequest,
} from '@infrarust/minecraft'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Diagnosis, diagnoseServer } from '../src/doctor/diagnose.ts'
import { validateServer } from '../src/program-keys.ts'

const PLAYER = { uuid: '5627dd98-e6be-3c21-b8a8-e92344183641', name: 'InfrarustDoctor', properties: [] }
const SUCCESS = encodeLoginSuccess(PLAYER, 767)
const COMPRESSION = encodeSetCompression(256)
const ENCRYPTION = encodeEncryptionRequest({ publicKey: Buffer.alloc(162), verifyToken: Buffer.alloc(4) }, 767)

/** A server that answers pings as one of this protocol, and a login with these frames; what it was asked to log in. */
async function backend(protocol: number, ...frames: readonly Uint8Array[]) {
  const logins: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      const opening = decodeHandshake(bytes)
      if (opening.kind !== 'decoded') return socket.destroy()
      if (opening.value.intent === 'status')
        return socket.write(encodeStatusResponse(JSON.stringify({ version: { name: 'x', protocol }, description: '' })))
      logins.push(bytes.subarray(opening.consumedBytes).toString('latin1'))
      // Nobody hangs up first: the doctor has to.
      return socket.write(Buffer.concat(frames))
    })
    socket.on('end', () => socket.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, logins }
}

async function diagnosed(
  port: number,
  forwarding: ForwardingKind | undefined,
  values: object = {},
): Promise<Diagnosis> {
  const names = new BackendNames({ lookUp: async () => ({ kind: 'failed', message: 'no names here' }), log: () => {} })
  onTestFinished(() => names.stop())
  const place = { domains: ['a.example.com'], addresses: [`127.0.0.1:${port}`], proxy_mode: 'client_only' }
  const read = validateServer(
    { key: 'a', source: 'servers/a.toml', values: { ...place, ...values } },
    'file',
    'operator',
  )
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join())
  return await diagnoseServer(read.server, names, undefined, forwarding)
}

describe('a server whose players the proxy logs in', () => {
  it.each<readonly [string, ForwardingKind, readonly Uint8Array[]]>([
    ['Paper with Velocity', 'velocity', [encodeVelocityRequest(-7)]],
    ['Fabric, which compresses first', 'velocity', [COMPRESSION, compressedFrame(encodeVelocityRequest(1))]],
    ['vanilla', 'none', [COMPRESSION, compressedFrame(SUCCESS)]],
    [
      'Spigot with BungeeCord, which wants to be told who comes',
      'bungeecord',
      [encodeLoginDisconnect('If you wish to use IP forwarding, please enable it in your BungeeCord config as well!')],
    ],
    ['one with a white list', 'none', [encodeLoginDisconnect('You are not white-listed on this server!')]],
    [
      'one that asks for something of its own first',
      'velocity',
      [encodeLoginPluginRequest({ messageId: 1, channel: 'fml:x', data: Buffer.alloc(2) })],
    ],
  ])('is well: %s', async (_, forwarding, frames) => {
    const { port, logins } = await backend(767, ...frames)
    expect(await diagnosed(port, forwarding)).toMatchObject({ verdict: 'ok', fix: null })
    expect(logins).toEqual([expect.stringContaining('InfrarustDoctor')])
  })

  it.each<readonly [string, ForwardingKind, readonly Uint8Array[], string]>([
    ['is in online mode', 'velocity', [ENCRYPTION], 'online-mode=false'],
    [
      'lets everybody in, where it should ask',
      'velocity',
      [COMPRESSION, compressedFrame(SUCCESS)],
      'proxies.velocity.enabled: true',
    ],
    ['asks, where nobody will answer', 'none', [encodeVelocityRequest(-7)], 'forwarding_mode = "velocity"'],
    [
      'asks, where the handshake will say it',
      'bungeecord',
      [encodeVelocityRequest(-7)],
      'forwarding_mode = "velocity"',
    ],
    [
      'wants BungeeCord',
      'velocity',
      [encodeLoginDisconnect('If you wish to use IP forwarding, please enable it in your BungeeCord config as well!')],
      'settings.bungeecord: false',
    ],
  ])('does not fit where it %s', async (_, forwarding, frames, key) => {
    const { port } = await backend(767, ...frames)
    const { verdict, fix } = await diagnosed(port, forwarding)
    expect({ verdict, fix }).toEqual({ verdict: 'login_mismatch', fix: expect.stringContaining(key) })
  })

  // Before 1.20.2 whoever has sent a Login Start to a server in offline mode is in the world.
  it('before 1.20.2 is not logged in to, nor is one in passthrough, nor by the running proxy', async () => {
    const old = await backend(763, SUCCESS)
    expect(await diagnosed(old.port, 'velocity')).toMatchObject({ verdict: 'ok' })
    const { port, logins } = await backend(767, SUCCESS)
    expect(await diagnosed(port, 'velocity', { proxy_mode: 'passthrough' })).toMatchObject({ verdict: 'ok' })
    expect(await diagnosed(port, undefined)).toMatchObject({ verdict: 'ok' })
    expect([...old.logins, ...logins]).toEqual([])
  })
})
