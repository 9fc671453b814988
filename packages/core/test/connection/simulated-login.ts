import {
  decodeHandshake,
  decodeLoginStart,
  encodeLoginStart,
  encodeLoginSuccess,
  encodePacket,
  plainFrame,
} from '@infrarust/minecraft'
import { expect } from 'vitest'
import type { StateName } from '../../src/connection/state.ts'
import type { Policy } from '../../src/entries/policy.ts'
import type { Forwarding } from '../../src/forwarding/forwarding.ts'
import type { ProxyMode, Server } from '../../src/server/server.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { encryptionResponse, hmac, loginsOf, NOTCH, SimulatedAuthentication } from './login-kit.ts'
import { handshake, jsonIn } from './packets.ts'
import { type SimulatedClient, Simulation } from './simulation.ts'

export const VELOCITY: Forwarding = { kind: 'velocity', hmac }
export const NONE: Forwarding = { kind: 'none' }

interface Setting {
  readonly mode?: ProxyMode
  readonly forwarding?: Forwarding
  readonly policies?: readonly Policy[]
  readonly server?: Partial<Server>
  readonly transferIntent?: 'keep' | 'login'
}

/** A server `a`, and whatever else a login there meets. */
export class Login {
  readonly authentication = new SimulatedAuthentication()
  readonly simulation: Simulation

  constructor({
    mode = 'client_only',
    forwarding = VELOCITY,
    policies = [],
    server = {},
    transferIntent,
  }: Setting = {}) {
    const { authentication } = this
    this.simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { proxyMode: mode, ...server })],
      policies,
      changes: { logins: loginsOf({ authentication, forwarding, ...(transferIntent && { transferIntent }) }) },
    })
  }

  /** Up to the Login Start. */
  begin(protocol = 767, name = 'Notch'): SimulatedClient {
    return this.simulation
      .accept()
      .send(handshake('a.example.com', 'login', protocol), encodeLoginStart(name, protocol))
  }

  /** Up to the question to the session server. */
  encrypt(protocol = 767, name = 'Notch'): SimulatedClient {
    const client = this.begin(protocol, name)
    return client.send(encryptionResponse(client.received, protocol))
  }

  /** Up to the dial. */
  dial(protocol = 767): SimulatedClient {
    const client = this.encrypt(protocol)
    this.authentication.joined()
    return client
  }

  /** Up to a parley in which nothing was said. */
  parley(protocol = 767): SimulatedClient {
    return this.dial(protocol).dialled()
  }

  state(client: SimulatedClient): StateName | undefined {
    return this.simulation.gateway.live().find(({ id }) => id === client.id)?.state
  }
}

/** What the client has received since the Encryption Request. */
export function ciphered(client: SimulatedClient): Buffer {
  return client.received.subarray(client.cipher?.plainBytes ?? 0)
}

/** The text of a kick behind Set Compression. */
export function compressedText(bytes: Uint8Array): unknown {
  expect(bytes[bytes.length > 129 ? 2 : 1]).toBe(0)
  const plain = plainFrame(bytes, (data) => data)
  if (plain.kind !== 'decoded') throw new Error('no frame')
  return jsonIn(plain.value)
}

export function openingOf(head: Uint8Array, protocol = 767) {
  const opening = decodeHandshake(head, 32_767)
  if (opening.kind !== 'decoded') throw new Error('no handshake')
  const start = decodeLoginStart(head.subarray(opening.consumedBytes), protocol)
  if (start.kind !== 'decoded') throw new Error('no Login Start')
  expect(opening.consumedBytes + start.consumedBytes).toBe(head.length)
  return { handshake: opening.value, start: start.value }
}

/** With any JSON in it. */
export function disconnect(json: string): Uint8Array {
  return encodePacket(0, Uint8Array.of(json.length), Buffer.from(json))
}

export const SUCCESS = encodeLoginSuccess(NOTCH, 767)
