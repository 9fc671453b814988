import {
  compressedFrame,
  decodeHandshake,
  decodeLoginPluginResponse,
  decodeLoginStart,
  decodeVelocityForwarding,
  encodeLoginSuccess,
  encodeSetCompression,
  encodeVelocityRequest,
} from '@infrarust/minecraft'
import { decode } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { encryptionResponse, hmac, loginsOf, NOTCH, SECRET, SimulatedAuthentication } from './login-kit.ts'
import { handshake, loginStart } from './packets.ts'
import { LOCAL, PEER, Simulation } from './simulation.ts'

describe('a login in client_only with Velocity forwarding', () => {
  it('is authenticated, announced and relayed', () => {
    const authentication = new SimulatedAuthentication()
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { proxyMode: 'client_only', sendProxyProtocol: 2 })],
      changes: { logins: loginsOf({ authentication, forwarding: { kind: 'velocity', hmac } }) },
    })
    const client = simulation.accept().send(handshake('A.example.com.\0FML3\0'), loginStart('notch'))
    expect(client.decision).toMatchObject({
      kind: 'respond',
      then: { kind: 'await', deadlineAt: simulation.now + 15_000, maxBytes: 600 },
    })

    client.send(encryptionResponse(client.received))
    expect(client.decision).toMatchObject({ kind: 'hold', consumed: 261 + 3 - 1 })
    expect(client.cipher).toEqual({ secret: SECRET, plainBytes: client.received.length })
    expect(authentication.asked).toMatchObject([
      { name: 'notch', client: PEER.address, serverHash: SECRET.toString('hex') },
    ])

    authentication.joined()
    const head = client.head()
    const header = decode(head)
    if (header.kind !== 'header') throw new Error('no header')
    expect(header.header).toMatchObject({ command: 'PROXY', source: PEER, destination: LOCAL })
    const opening = decodeHandshake(head.subarray(header.headerBytes))
    if (opening.kind !== 'decoded') throw new Error('no handshake')
    expect(opening.value).toMatchObject({ address: 'a.example.com\0FML3\0', intent: 'login', protocolVersion: 767 })
    const start = decodeLoginStart(head.subarray(header.headerBytes + opening.consumedBytes), 767)
    expect(start).toMatchObject({ kind: 'decoded', value: { name: 'Notch', claimedUuid: NOTCH.uuid } })

    const before = client.received.length
    client.serverSends(encodeVelocityRequest(-5)).dialled()
    const answer = decodeLoginPluginResponse(client.toServer)
    if (answer.kind !== 'decoded' || answer.value.data === undefined) throw new Error('no answer')
    expect(answer.value.messageId).toBe(-5)
    expect(decodeVelocityForwarding(answer.value.data, hmac)).toMatchObject({
      value: { version: 4, clientAddress: PEER.address, profile: NOTCH },
    })
    const compression = encodeSetCompression(256)
    const success = compressedFrame(encodeLoginSuccess(NOTCH, 767))
    client.serverSends(compression, success)
    expect(client.isRelaying).toBe(true)
    expect(client.received.subarray(before)).toEqual(Buffer.concat([compression, success]))
    const { record } = client.finish({ by: 'client', how: 'fin' })
    expect(record).toMatchObject({ player: 'Notch', claimed: 'notch', server: 'a', reason: 'client_closed' })
    expect(simulation.errors).toEqual([])
  })
})
