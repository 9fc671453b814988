import { decode, encodeV1, encodeV2 } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { SocketAddress } from '../../src/addresses/socket-address.ts'
import type { ServerPolicy } from '../../src/server/server-policy.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import {
  DESTINATION,
  handshake,
  header,
  LOCAL_HEADER,
  legacyLogin,
  loginStart,
  PING,
  PLAYER,
  STATUS_REQUEST,
} from './packets.ts'
import { type SimulatedClient, Simulation } from './simulation.ts'

const PEER: SocketAddress = { address: 'unix', port: undefined }
const SOCKET: SocketAddress = { address: 'unix:/run/in.sock', port: undefined }
const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])
const UNKNOWN_HEADER = encodeV1({ command: 'LOCAL' })

function simulate(changes: object = {}, policies: readonly ServerPolicy[] = []): Simulation {
  const listener = { ...listenerConfig({ mode: 'required' }), host: 'unix:/run/in.sock', port: undefined }
  const servers = [serverTo('a', ['a.example.com'], 1, { sendProxyProtocol: 2, ...changes })]
  return new Simulation({ listener, servers, policies })
}

function accept(simulation: Simulation): SimulatedClient {
  return simulation.accept(PEER, SOCKET)
}

describe('a connection over a Unix socket', () => {
  it('has the client that its header names, and tells the backend so', () => {
    const client = accept(simulate()).send(header(), LOGIN)
    const sent = decode(client.head())
    expect(sent.kind === 'header' && sent.header).toMatchObject({ source: PLAYER, destination: DESTINATION })
    const { record } = client.dialled().finish({ by: 'client', how: 'fin' })
    expect(record).toMatchObject({ client: PLAYER.address, client_port: PLAYER.port, peer: 'unix' })
    expect(record?.peer_port).toBeUndefined()
  })

  it('passes on the TLVs of its sender, who may open the socket', () => {
    const proxyProtocol = { ...serverTo('a', [], 1).proxyProtocol, passTlvs: true }
    const tlv = { type: 0xea, value: Uint8Array.of(1, 2) }
    const client = accept(simulate({ proxyProtocol })).send(header([tlv]), LOGIN)
    const sent = decode(client.head())
    expect(sent.kind === 'header' && sent.header.tlvs).toMatchObject([{ type: 0xea }])
  })

  it.each([
    ['LOCAL', LOCAL_HEADER, 2],
    ['UNKNOWN', UNKNOWN_HEADER, 1],
  ] as const)('may ask for a status after %s, which its server is asked for nobody', (command, bytes, version) => {
    for (const sends of [1, 2] as const) {
      const client = accept(simulate({ sendProxyProtocol: sends })).send(bytes, STATUS)
      const sent = decode(client.head())
      expect(sent.kind === 'header' && sent.header).toMatchObject({
        version: sends,
        family: expect.not.stringMatching(/IP/),
      })
      client.dialled().send(PING).finish({ by: 'client', how: 'fin' })
      expect(client.record).toMatchObject({
        ...{ client: 'unix', peer: 'unix', proxy_command: command, proxy_version: version, intent: 'status' },
        server: 'a',
      })
      expect(client.record?.client_port).toBeUndefined()
    }
  })

  it.each([
    ['LOCAL', LOCAL_HEADER, 'login'],
    ['UNKNOWN', UNKNOWN_HEADER, 'login'],
    ['LOCAL', LOCAL_HEADER, 'transfer'],
  ] as const)('may not log in after %s (%3$s): no rule could be about it', (command, bytes, intent) => {
    for (const way of ['send', 'trickle'] as const) {
      const asked: string[] = []
      const policy: ServerPolicy = {
        name: 'who is asked about',
        admitIntent: ({ client }) => void asked.push(client.address),
      }
      const simulation = simulate({}, [policy])
      const client = accept(simulation)[way](bytes, handshake('a.example.com', intent), loginStart())
      expect(client.record).toMatchObject({ client: 'unix', proxy_command: command, intent, reason: 'proxy_protocol' })
      expect(client.received).toHaveLength(0)
      expect(asked).toEqual([])
      expect(simulation.errors).toEqual([
        `InvalidProxyProtocol: a login behind a ${command} header, and at a Unix socket nothing else says who the player is; let ` +
          'this peer send the address of each client (HAProxy: send-proxy-v2, nginx: proxy_protocol on) (peer unix, listener main)',
      ])
    }
  })

  it('may not log in as an old client did, either', () => {
    const client = accept(simulate()).send(LOCAL_HEADER, legacyLogin('Steve', 'a.example.com'))
    expect(client.record).toMatchObject({ client: 'unix', intent: 'legacy_login', reason: 'proxy_protocol' })
    expect(client.received).toHaveLength(0)
  })

  it('without a header is refused, as at every listener that requires one', () => {
    const client = accept(simulate()).send(LOGIN)
    expect(client.record).toMatchObject({ client: 'unix', peer: 'unix', reason: 'proxy_protocol' })
  })

  it('cannot have a header that names paths', () => {
    const unixHeader = Buffer.concat([
      encodeV2({ command: 'LOCAL' }).subarray(0, 12),
      Buffer.from('213100d8', 'hex'),
      Buffer.alloc(216),
    ])
    const client = accept(simulate()).send(unixHeader, LOGIN)
    expect(client.record).toMatchObject({ reason: 'proxy_protocol' })
  })

  it('goes to a server at a Unix socket, whose path is the endpoint of the record', () => {
    const addresses = [{ host: 'unix:/run/paper.sock', port: undefined }]
    const simulation = simulate({ addresses })
    const client = accept(simulation).send(header(), LOGIN)
    expect(client.relay.attempts).toMatchObject([{ address: 'unix:/run/paper.sock', port: undefined }])
    expect(simulation.gateway.live()).toMatchObject([{ peer: PEER, client: PLAYER, endpoint: 'unix:/run/paper.sock' }])
    client.dialFailed([{ attempt: 0, cause: 'unreachable', message: 'ENOENT' }])
    expect(client.record).toMatchObject({ reason: 'server_down', endpoint: 'unix:/run/paper.sock' })
    expect(simulation.errors).toEqual([
      'server "a" did not answer at unix:/run/paper.sock: ENOENT (unreachable); there is no such socket: is the path right, and is the server running?',
    ])
  })
})
