import {
  compressedFrame,
  encodeEncryptionRequest,
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
} from '@infrarust/minecraft'
import { IS_LONG } from '@infrarust/test-kit/suite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { deflated, encryptionResponse, hmac, loginsOf, NOTCH, SimulatedAuthentication } from './login-kit.ts'
import { handshake, loginStart } from './packets.ts'
import { Simulation } from './simulation.ts'

/** `LONG=1` for ten million inputs. */
const RUNS = IS_LONG ? 1_600_000 : 5_000

const CLIENT_FRAMES = [
  encodeLoginStart('Admin', 767),
  encodeLoginPluginResponse({ messageId: 1, data: undefined }),
  encodeLoginPluginResponse({ messageId: 2, data: Buffer.alloc(90, 1) }),
  encodePacket(3),
  encodePacket(4, Buffer.from('\x01a\0')),
]

const SERVER_FRAMES = [
  encodeEncryptionRequest({ publicKey: Buffer.alloc(162), verifyToken: Buffer.alloc(4) }, 767),
  encodeLoginDisconnect({ text: 'no' }),
  encodeLoginPluginRequest({ messageId: 2, channel: 'a:b', data: Buffer.alloc(9) }),
  encodeLoginPluginRequest({ messageId: 3, channel: 'a:c', data: Buffer.alloc(70_000) }),
  encodeLoginSuccess(NOTCH, 767),
  encodePacket(5, Buffer.from('\x01a')),
  encodeSetCompression(-1),
  encodeSetCompression(64),
  encodeVelocityRequest(1),
]

/** A frame of these in one of the formats, whole or cut, with a byte changed or not; or whatever else. */
function pieces(frames: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const shaped = fc
    .record({
      frame: fc.constantFrom(...frames.flatMap((frame) => [frame, frame, compressedFrame(frame), deflated(frame)])),
      end: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
      change: fc.option(fc.record({ at: fc.nat(20), byte: fc.nat(255) }), { freq: 3 }),
    })
    .map(({ frame, end, change }) => {
      const piece = Uint8Array.from(frame.subarray(0, Math.ceil(frame.length * end)))
      if (change !== null && change.at < piece.length) piece[change.at] = change.byte
      return piece
    })
  return fc.oneof({ weight: 6, arbitrary: shaped }, fc.uint8Array({ maxLength: 40 }))
}

const said = fc.oneof(
  fc.record({ by: fc.constant('server'), bytes: pieces(SERVER_FRAMES) } as const),
  fc.record({ by: fc.constant('client'), bytes: pieces(CLIENT_FRAMES) } as const),
)

describe('a login', () => {
  it('takes whatever either side says without a fault of ours, and lets nobody in whom it did not announce', {
    timeout: 7_200_000,
  }, () => {
    let inputs = 0
    fc.assert(
      fc.property(
        fc.constantFrom('client_only', 'offline'),
        fc.boolean(),
        fc.option(fc.uint8Array({ maxLength: 300 }), { freq: 10 }),
        fc.array(said, { maxLength: 12 }),
        (proxyMode, isVelocity, noise, conversation) => {
          const authentication = new SimulatedAuthentication()
          const simulation = new Simulation({
            listener: listenerConfig(),
            servers: [serverTo('a', ['a.example.com'], 1, { proxyMode })],
            changes: {
              logins: loginsOf({
                authentication,
                forwarding: isVelocity ? { kind: 'velocity', hmac } : { kind: 'none' },
              }),
            },
          })
          const client = simulation.accept().send(handshake('a.example.com'), loginStart('Notch'))
          if (proxyMode === 'client_only') {
            client.send(noise ?? encryptionResponse(client.received))
            authentication.joined()
          }
          if (client.decision?.kind === 'relay') client.dialled()
          // Accept, opening, key, answer, dial, end; what belongs to no mode or comes after the end is none.
          inputs += proxyMode === 'client_only' ? 6 : 4
          for (const { by, bytes } of conversation) {
            if (client.isFinished) break
            inputs++
            if (by === 'server') client.serverSends(bytes)
            else client.send(bytes)
          }
          // What is signed has the name in it; nothing that the client says here does.
          if (client.isRelaying && isVelocity) expect(client.toServer.includes('Notch')).toBe(true)
          client.finish({ by: 'client', how: 'fin' })
          expect(simulation.records).toHaveLength(1)
          expect(simulation.records[0]?.reason).not.toBe('internal')
          expect(simulation.notices.filter(({ level }) => level === 'error')).toEqual([])
        },
      ),
      { numRuns: RUNS },
    )
    console.info(`${RUNS} logins, ${inputs} inputs`)
  })
})
