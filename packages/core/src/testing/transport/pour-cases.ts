import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { attempt, closeInOrder, closeWithReset, relay } from './moves.ts'
import { canRunOut, runOutOfDescriptors } from './no-descriptors.ts'
import { noise as noiseOf } from './noise.ts'
import type { Peer } from './peer.ts'
import type { Play } from './play.ts'
import { relayed } from './relay-cases.ts'
import type { Observed } from './scripted-handler.ts'
import type { Stage } from './stage.ts'
import { poll, standstill } from './waiting.ts'

/** More than any transport moves in one go, and more than the kernel holds on the way. */
const BULK_BYTES = 24 << 20
/** By then it is bulk for every transport. */
const UNDER_WAY_BYTES = 4 << 20

/** Bulk: a transport may move it by another way than packets, and what happens to a relay happens in the middle of that. */
export function pourCases(play: Play): void {
  describe('bulk through a relay', () => {
    it('arrives byte by byte, both ways at once, and is counted', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const up = noise(1)
          const down = noise(2)
          client.send(up)
          backend.send(down)
          await client.untilBytes(1 + down.length)
          await backend.untilBytes(4 + up.length)
          expect(client.received.subarray(1).equals(down)).toBe(true)
          expect(backend.received.subarray(4).equals(up)).toBe(true)
          await stage.untilCounted(connection, { bytesIn: up.length, bytesOut: 1 + down.length })
          client.end()
          backend.end()
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: up.length, bytesOut: 1 + down.length })
        },
      ))

    it('is followed by packets in their order, again and again', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          const burst = noise(3).subarray(0, 3 << 20)
          let bytes = 0
          for (let round = 0; round < 6; round++) {
            backend.send(burst)
            backend.send('a packet')
            bytes += burst.length + 8
            await client.untilBytes(1 + bytes)
            client.send('an answer')
            await backend.untilBytes(4 + (round + 1) * 9)
          }
          const rounds = Array.from({ length: 6 }, () => Buffer.concat([burst, Buffer.from('a packet')]))
          expect(client.received.subarray(1).equals(Buffer.concat(rounds))).toBe(true)
        },
      ))

    // A transport may wait a moment until much has come; a few bytes are not much.
    it('is followed by single bytes, each of which arrives before the next is sent', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          const burst = noise(16).subarray(0, 3 << 20)
          client.send(burst)
          backend.send(burst)
          await client.untilBytes(1 + burst.length)
          await backend.untilBytes(4 + burst.length)
          for (let count = 1; count <= 20; count++) {
            backend.send('.')
            await client.untilBytes(1 + burst.length + count)
            client.send(',')
            await backend.untilBytes(4 + burst.length + count)
          }
          expect(client.received.subarray(1 + burst.length).toString()).toBe('.'.repeat(20))
          expect(backend.received.subarray(4 + burst.length).toString()).toBe(','.repeat(20))
        },
      ))

    it('is followed by last words and FIN, and the way back stays open', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const burst = noise(17).subarray(0, 3 << 20)
          backend.send(burst)
          await client.untilBytes(1 + burst.length)
          backend.send('last words')
          backend.end()
          await client.untilEnd()
          expect(client.received.subarray(1 + burst.length).toString()).toBe('last words')
          client.send('an answer')
          client.end()
          await backend.untilEnd()
          expect(backend.received.subarray(4).toString()).toBe('an answer')
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesOut: client.receivedBytes, end: { by: 'server', how: 'fin' } })
        },
      ))

    if (play.hasReset)
      it('is followed by a reset of either side', () =>
        play(
          () => undefined,
          async (stage) => {
            const burst = noise(18).subarray(0, 3 << 20)
            for (const side of ['client', 'backend'] as const) {
              const { client, backend, connection } = await relayed(stage)
              client.send(burst)
              backend.send(burst)
              await client.untilBytes(1 + burst.length)
              await backend.untilBytes(4 + burst.length)
              const by = side === 'client' ? client : backend
              by.reset()
              const finished = await connection.until('finished')
              expect(finished.end).toEqual({ by: side === 'client' ? 'client' : 'server', how: 'reset' })
            }
          },
        ))

    it('waits for a reader that stops, and goes on where it stood', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const down = noise(4)
          backend.send(down)
          for (let stop = 1; stop <= 4; stop++) {
            await client.untilBytes(stop * UNDER_WAY_BYTES)
            client.socket.pause()
            await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
            client.socket.resume()
          }
          await client.untilBytes(1 + down.length)
          expect(client.received.subarray(1).equals(down)).toBe(true)
        },
      ))

    it('waits for a backend that stops reading, and goes on where it stood', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const up = noise(5)
          client.send(up)
          for (let stop = 1; stop <= 4; stop++) {
            await backend.untilBytes(stop * UNDER_WAY_BYTES)
            backend.socket.pause()
            await standstill(() => stage.transport.counters(connection.id)?.bytesIn ?? -1)
            backend.socket.resume()
          }
          await backend.untilBytes(4 + up.length)
          expect(backend.received.subarray(4).equals(up)).toBe(true)
        },
      ))

    it('goes on to its end after the other side has ended its own direction', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const down = noise(6)
          backend.send(down)
          await client.untilBytes(UNDER_WAY_BYTES)
          client.end()
          await backend.untilEnd()
          backend.end()
          await client.untilEnd()
          expect(client.received.subarray(1).equals(down)).toBe(true)
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesOut: 1 + down.length, end: { by: 'client', how: 'fin' } })
        },
      ))

    it('comes before the FIN that follows it, at a reader that had stopped, and the way back stays open', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const down = noise(7)
          backend.send(down)
          backend.end()
          await client.untilBytes(UNDER_WAY_BYTES)
          client.socket.pause()
          await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
          client.socket.resume()
          await client.untilEnd()
          expect(client.received.subarray(1).equals(down)).toBe(true)
          const up = noise(8)
          client.send(up)
          client.end()
          await backend.untilEnd()
          expect(backend.received.subarray(4).equals(up)).toBe(true)
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: up.length, end: { by: 'server', how: 'fin' } })
        },
      ))

    it('that is cut in order gives its reader all that was taken for it, then FIN', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection, down } = await standing(stage, 9)
          stage.decide(connection, closeInOrder)
          client.socket.resume()
          await client.untilEnd()
          expect(client.errorCode).toBeUndefined()
          client.end()
          const finished = await connection.until('finished')
          expect(finished.bytesOut).toBe(client.receivedBytes)
          expect(isBeginning(client, 1, down)).toBe(true)
          await backend.untilClosedOrEnd()
        },
      ))

    it('that is cut in order gives the backend all that was taken from the client', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const up = noise(15)
          for (let times = 0; times < 4; times++) client.send(up)
          await backend.untilBytes(UNDER_WAY_BYTES)
          backend.socket.pause()
          const taken = await standstill(() => stage.transport.counters(connection.id)?.bytesIn ?? -1)
          stage.decide(connection, closeInOrder)
          backend.socket.resume()
          await backend.untilEnd()
          await connection.until('finished')
          expect(backend.receivedBytes - 4).toBeGreaterThanOrEqual(taken)
          expect(isBeginning(backend, 4, Buffer.concat([up, up, up, up]))).toBe(true)
        },
      ))

    if (play.hasReset)
      it('that is cut with reset resets both sides', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await standing(stage, 10)
            stage.decide(connection, closeWithReset)
            await connection.until('finished')
            client.socket.resume()
            await client.untilError()
            await backend.untilError()
          },
        ))

    if (play.hasReset)
      it('ends at its reader in order, with the beginning of what was sent, when the backend resets', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await relayed(stage)
            const down = noise(11)
            backend.send(down)
            await client.untilBytes(UNDER_WAY_BYTES)
            backend.reset()
            await client.untilEnd()
            client.end()
            const finished = await connection.until('finished')
            expect(client.errorCode).toBeUndefined()
            expect(finished).toMatchObject({ bytesOut: client.receivedBytes, end: { by: 'server', how: 'reset' } })
            expect(isBeginning(client, 1, down)).toBe(true)
          },
        ))

    if (play.hasReset)
      it('ends at the backend, with the beginning of what was sent, when the client resets', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await relayed(stage)
            const up = noise(12)
            client.send(up)
            await backend.untilBytes(UNDER_WAY_BYTES)
            client.reset()
            await backend.untilClosedOrEnd()
            const finished = await connection.until('finished')
            expect(finished.end).toEqual({ by: 'client', how: 'reset' })
            expect(isBeginning(backend, 4, up)).toBe(true)
          },
        ))

    if (play.hasReset)
      it('ends when its reader resets', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await standing(stage, 13)
            client.reset()
            await backend.untilClosedOrEnd()
            const finished = await connection.until('finished')
            expect(finished.end).toEqual({ by: 'client', how: 'reset' })
          },
        ))

    it('does not count as idle while a slow reader takes it', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage, { idleMs: 2_000 })
          backend.send(Buffer.alloc(64 << 20))
          const startedAt = stage.transport.now()
          for (let bytes = 1; stage.transport.now() - startedAt < 5_000; bytes += 256 << 10) {
            client.socket.resume()
            await client.untilBytes(Math.min(bytes, 64 << 20))
            client.socket.pause()
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
          expect(connection.kinds).not.toContain('finished')
        },
      ))

    // What is in the hands of one connection when it is cut must never reach another.
    if (play.hasReset)
      it('stays its own while others are cut in the middle of theirs', () =>
        play(
          () => undefined,
          async (stage) => {
            const backend = await stage.backend((peer) => peer.send('!'))
            for (let round = 0; round < 3; round++) {
              const streams = await Promise.all(
                Array.from({ length: 6 }, (_, index) => stream(stage, backend, 20 + 6 * round + index)),
              )
              await Promise.all(streams.map(({ client }) => client.untilBytes(1 << 20)))
              streams.forEach(({ client, connection }, index) => {
                if (index % 3 === 0) client.reset()
                if (index % 3 === 1) stage.decide(connection, closeInOrder)
              })
              for (const [index, { client, connection, down }] of streams.entries()) {
                if (index % 3 === 0) continue
                if (index % 3 === 1) await client.untilEnd()
                else await client.untilBytes(1 + down.length)
                client.end()
                expect(isBeginning(client, 1, down)).toBe(true)
                if (index % 3 === 2) stage.decide(connection, closeWithReset)
                await connection.until('finished')
              }
            }
          },
        ))

    if (canRunOut) {
      it('arrives where no descriptor is left', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend } = await relayed(stage)
            const down = noise(14)
            const giveBack = await runOutOfDescriptors()
            try {
              backend.send(down)
              client.send(down)
              await client.untilBytes(1 + down.length)
              await backend.untilBytes(4 + down.length)
            } finally {
              await giveBack()
            }
            expect(client.received.subarray(1).equals(down)).toBe(true)
            expect(backend.received.subarray(4).equals(down)).toBe(true)
          },
        ))
    }
  })
}

interface Poured {
  readonly client: Peer
  readonly connection: Observed
  readonly down: Buffer
}

/** A relay whose backend sends more than the reader has taken, who stands still. */
async function standing(stage: Stage, seed: number): Promise<Poured & { readonly backend: Peer }> {
  const { client, backend, connection } = await relayed(stage)
  const down = noise(seed)
  // Several times, so that it is more than the kernel takes.
  for (let times = 0; times < 4; times++) backend.send(down)
  await client.untilBytes(UNDER_WAY_BYTES)
  client.socket.pause()
  await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
  return { client, backend, connection, down: Buffer.concat([down, down, down, down]) }
}

/** One of many relays at the same time, which all have one backend. */
async function stream(stage: Stage, backend: Awaited<ReturnType<Stage['backend']>>, seed: number): Promise<Poured> {
  const client = await stage.client()
  const port = client.socket.localPort
  const connection = await poll('the connection', () =>
    stage.handler.connections.find((other) => other.all('accepted')[0]?.peer.port === port),
  )
  const head = `head of ${String(seed).padStart(4)}`
  stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, head)]))
  const peer = await poll('the backend', () => backend.peers.find((each) => each.text === head))
  await client.untilBytes(1)
  const down = noise(seed).subarray(0, 8 << 20)
  peer.send(down)
  return { client, connection, down }
}

function isBeginning({ received }: Peer, skippedBytes: number, of: Buffer): boolean {
  const bytes = received.subarray(skippedBytes)
  return bytes.equals(of.subarray(0, bytes.length))
}

function noise(seed: number): Buffer {
  return noiseOf(seed, BULK_BYTES)
}
