import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { attempt, awaitMore, closeInOrder, closeWithReset, relay } from './moves.ts'
import type { Peer } from './peer.ts'
import type { Play } from './play.ts'
import type { Observed } from './scripted-handler.ts'
import type { Stage } from './stage.ts'
import { standstill } from './waiting.ts'

/** More than all kernel buffers on the way take. */
const FLOOD_BYTES = 96 << 20
/** What may be under way when a reader stands still: kernel buffers of the machine, and little of the transport. */
const UNDER_WAY_BYTES = 48 << 20

interface Relayed {
  readonly client: Peer
  readonly backend: Peer
  readonly connection: Observed
}

export function relayCases(play: Play): void {
  describe('a relay', () => {
    it('passes bytes both ways, as many as there are', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          const up = pattern(5 << 20, 3)
          const down = pattern(7 << 20, 5)
          client.send(up)
          backend.send(down)
          await backend.untilBytes(4 + up.length)
          await client.untilBytes(1 + down.length)
          expect(backend.received.subarray(4).equals(up)).toBe(true)
          expect(client.received.subarray(1).equals(down)).toBe(true)
          await stage.untilCounted(connection, { bytesIn: up.length, bytesOut: 1 + down.length })
        },
      ))

    it('passes many small packets on in order', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          let sent = ''
          for (let packet = 0; packet < 300; packet++) {
            client.send(`<${packet}>`)
            backend.send(`<${packet}>`)
            sent += `<${packet}>`
            if (packet % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
          }
          await backend.untilText(`head${sent}`)
          await client.untilText(`!${sent}`)
        },
      ))

    it('keeps the other direction open after the FIN of the client', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          client.send('last words')
          client.end()
          await backend.untilEnd()
          expect(backend.text).toBe('headlast words')
          backend.send('answer')
          await client.untilText('!answer')
          backend.end()
          await client.untilEnd()
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: 10, bytesOut: 7, end: { by: 'client', how: 'fin' } })
        },
      ))

    it('keeps the other direction open after the FIN of the backend', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          backend.end()
          await client.untilEnd()
          client.send('still sending')
          await backend.untilText('headstill sending')
          client.end()
          await backend.untilEnd()
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: 13, bytesOut: 1, end: { by: 'server', how: 'fin' } })
          expect(connection.kinds).toEqual(['accepted', 'dialled', 'finished'])
        },
      ))

    it('passes on everything that the backend sent before its FIN', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend } = await relayed(stage)
          client.socket.pause()
          backend.send(Buffer.alloc(4 << 20))
          backend.end()
          client.socket.resume()
          await client.untilEnd()
          expect(client.receivedBytes).toBe(1 + (4 << 20))
        },
      ))

    it('does not read faster from the client than the backend takes', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          backend.socket.pause()
          client.send(Buffer.alloc(FLOOD_BYTES))
          const read = await standstill(() => stage.transport.counters(connection.id)?.bytesIn ?? -1)
          expect(read).toBeLessThan(UNDER_WAY_BYTES)
          backend.socket.resume()
          await backend.untilBytes(4 + FLOOD_BYTES)
        },
      ))

    it('does not read faster from the backend than the client takes', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          client.socket.pause()
          backend.send(Buffer.alloc(FLOOD_BYTES))
          const written = await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
          expect(written).toBeLessThan(UNDER_WAY_BYTES)
          // Not all of it was taken from the backend either.
          expect(backend.socket.writableLength).toBeGreaterThan(0)
          client.socket.resume()
          await client.untilBytes(1 + FLOOD_BYTES)
        },
      ))

    it('that is cut in order ends both sides', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          stage.decide(connection, closeInOrder)
          await client.untilEnd()
          await backend.untilEnd()
          client.end()
          const finished = await connection.until('finished')
          expect(finished.end).toEqual({ by: 'gateway', how: 'closed' })
          expect(client.errorCode).toBeUndefined()
        },
      ))

    if (play.hasReset)
      it('that is cut with reset resets both sides', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await relayed(stage)
            stage.decide(connection, closeWithReset)
            await client.untilError()
            await backend.untilError()
            expect([client.errorCode, backend.errorCode]).toEqual(['ECONNRESET', 'ECONNRESET'])
            await connection.until('finished')
          },
        ))

    if (play.hasReset)
      it('ends the client in order, with all that was sent before, when the backend resets', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await relayed(stage)
            backend.send('why')
            await client.untilText('!why')
            backend.reset()
            await client.untilEnd()
            client.end()
            const finished = await connection.until('finished')
            expect(client.errorCode).toBeUndefined()
            expect(finished.end).toEqual({ by: 'server', how: 'reset' })
          },
        ))

    if (play.hasReset)
      it('ends the backend when the client resets', () =>
        play(
          () => undefined,
          async (stage) => {
            const { client, backend, connection } = await relayed(stage)
            client.reset()
            await backend.untilClosedOrEnd()
            const finished = await connection.until('finished')
            expect(finished.end).toEqual({ by: 'client', how: 'reset' })
            expect(connection.kinds).toEqual(['accepted', 'dialled', 'finished'])
          },
        ))

    it('ends when nothing moved for its idle time, not before', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage, { idleMs: 100 })
          const finished = await connection.until('finished')
          expect(finished.end).toEqual({ by: 'gateway', how: 'idle' })
          expect(finished.at - (connection.all('dialled')[0]?.at ?? 0)).toBeGreaterThanOrEqual(100)
          await client.untilEnd()
          await backend.untilEnd()
        },
      ))

    it('does not count as idle while bytes go one way', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage, { idleMs: 2_000 })
          const startedAt = stage.transport.now()
          for (let sent = 0; stage.transport.now() - startedAt < 4_000; sent++) {
            backend.send('.')
            await client.untilBytes(2 + sent)
          }
          expect(connection.kinds).not.toContain('finished')
        },
      ))

    it('ends a half-closed connection after its own, shorter time', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage, { idleMs: 600_000, halfClosedIdleMs: 100 })
          const endedAt = stage.transport.now()
          client.end()
          await backend.untilEnd()
          const finished = await connection.until('finished')
          expect(finished.at - endedAt).toBeGreaterThanOrEqual(100)
          // The client's FIN was the first end; it is what ended it.
          expect(finished.end).toEqual({ by: 'client', how: 'fin' })
        },
      ))

    it('that stands obeys no decision but a close: anything else is a fault, and told', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage)
          stage.decide(connection, awaitMore(stage.transport.now()))
          const finished = await connection.until('finished')
          expect(finished.end).toMatchObject({ by: 'gateway', how: 'error' })
          expect(stage.notices.map((notice) => notice.level)).toContain('error')
          await client.untilGone()
          await backend.untilClosedOrEnd()
        },
      ))

    it('lets the deadline of its dial pass', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await relayed(stage, { inMs: 2_000 })
          await stage.client()
          const clock = await stage.connection(1)
          stage.decide(clock, awaitMore(stage.transport.now(), { inMs: 2_200 }))
          await clock.until('deadline')
          backend.send('on')
          await client.untilText('!on')
          expect(connection.kinds).toEqual(['accepted', 'dialled'])
        },
      ))
  })
}

/** A relay that stands: the backend got `head` and sent `!`, the client got that. */
export async function relayed(
  stage: Stage,
  options: { idleMs?: number; halfClosedIdleMs?: number; inMs?: number } = {},
): Promise<Relayed> {
  const server = await stage.backend((peer) => peer.send('!'))
  const client = await stage.client()
  const connection = await stage.connection(stage.clientCount - 1)
  stage.decide(connection, relay(stage.transport.now(), [attempt(server.address, 'head')], options))
  const backend = await server.peer(0)
  await backend.untilText('head')
  await client.untilText('!')
  await connection.until('dialled')
  return { client, backend, connection }
}

function pattern(bytes: number, step: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; at++) buffer[at] = (at * step + (at >> 8)) & 255
  return buffer
}
