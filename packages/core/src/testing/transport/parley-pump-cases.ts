import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { closeInOrder, parley, pump } from './moves.ts'
import { noise } from './noise.ts'
import { anotherDeadline, dialled, FLOOD_BYTES, left, untilFlooded } from './parley-scene.ts'
import type { Play } from './play.ts'
import { standstill } from './waiting.ts'

export function parleyPumpCases(play: Play): void {
  describe('the pump after a parley', () => {
    it('sends what was queued, then what is left of each side, then what comes', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage, 'successrest')
          client.send('answerrest')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilShown('answerrest')
          await connection.untilServerShown('successrest')
          const last = { consumed: 6, fromServer: 7, toClient: 'SUCCESS ', toServer: ' ANSWER ' }
          stage.decide(connection, pump(stage.transport.now(), last))
          await client.untilText('SUCCESS rest')
          await backend.untilText('head ANSWER rest')
          client.send(' up')
          backend.send(' down')
          await client.untilText('SUCCESS rest down')
          await backend.untilText('head ANSWER rest up')
          await stage.untilCounted(connection, { bytesIn: 13, bytesOut: 17 })
          expect(connection.kinds).toEqual(['accepted', 'dialled', ...connection.kinds.slice(2)])
          expect(connection.kinds).not.toContain('finished')
        },
      ))

    it('may be the first decision, with nothing consumed', () =>
      play(
        (input) => (input.kind === 'dialled' ? pump(input.at) : undefined),
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await client.untilText('!')
          client.send(' up')
          await backend.untilText('head up')
          expect(connection.kinds).toEqual(['accepted', 'dialled'])
        },
      ))

    it('passes on a FIN that was seen before, of either side, and leaves the other direction open', () =>
      play(
        () => undefined,
        async (stage) => {
          for (const side of ['client', 'backend'] as const) {
            const scene = await dialled(stage)
            const { connection } = scene
            stage.decide(connection, parley(stage.transport.now()))
            await connection.untilServerShown('!')
            const [ending, other] = side === 'client' ? [scene.client, scene.backend] : [scene.backend, scene.client]
            ending.send('last words')
            ending.end()
            await connection.until(side === 'client' ? 'ended' : 'server-ended')
            stage.decide(connection, pump(stage.transport.now()))
            await other.untilEnd()
            expect(other.text).toBe(side === 'client' ? 'headlast words' : '!last words')
            other.send('answer')
            await ending.untilText(side === 'client' ? '!answer' : 'headanswer')
            other.end()
            await ending.untilEnd()
            const by = side === 'client' ? 'client' : 'server'
            expect((await connection.until('finished')).end).toEqual({ by, how: 'fin' })
          }
        },
      ))

    it('of two sides that have ended sends the rest and finishes', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.send('up')
          backend.send('down')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilShown('up')
          await connection.untilServerShown('!down')
          client.end()
          await connection.until('ended')
          backend.end()
          await connection.until('server-ended')
          stage.decide(connection, pump(stage.transport.now()))
          await client.untilEnd()
          await backend.untilEnd()
          expect([client.text, backend.text]).toEqual(['!down', 'headup'])
          expect((await connection.until('finished')).end).toEqual({ by: 'client', how: 'fin' })
        },
      ))

    it('after the reset of the backend gives the client the rest, and ends in order', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage, 'why')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilServerShown('why')
          backend.reset()
          await connection.until('server-ended')
          stage.decide(connection, pump(stage.transport.now()))
          await client.untilEnd()
          client.end()
          expect(client.text).toBe('why')
          expect((await connection.until('finished')).end).toEqual({ by: 'server', how: 'reset' })
        },
      ))

    it('begins the idle clock: the parley before it has none', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at, { inMs: 500 })
          return input.kind === 'deadline' ? pump(input.at) : undefined
        },
        async (stage) => {
          const { connection } = await dialled(stage, '!', { idleMs: 200 })
          const finished = await connection.until('finished')
          expect(finished.end).toEqual({ by: 'gateway', how: 'idle' })
          expect(finished.at - (connection.all('deadline')[0]?.at ?? 0)).toBeGreaterThanOrEqual(200)
        },
      ))

    it('voids the deadline of the parley', () =>
      play(
        (input) => (input.kind === 'dialled' ? pump(input.at, { inMs: 100 }) : undefined),
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await anotherDeadline(stage)
          backend.send('on')
          await client.untilText('!on')
          expect(connection.kinds).toEqual(['accepted', 'dialled'])
        },
      ))

    it('takes bulk both ways, from a parley with bulk in it', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          const up = noise(4, 12 << 20)
          const down = noise(5, 16 << 20)
          client.send(up)
          backend.send(down)
          const maxima = { maxBytes: 1 << 20, maxServerBytes: 1 << 20 }
          stage.decide(connection, parley(stage.transport.now(), maxima))
          await connection.until('bytes')
          await connection.until('server-bytes')
          stage.decide(connection, pump(stage.transport.now(), maxima))
          await client.untilBytes(1 + down.length)
          await backend.untilBytes(4 + up.length)
          expect(client.received.subarray(1).equals(down)).toBe(true)
          expect(backend.received.subarray(4).equals(up)).toBe(true)
        },
      ))

    it('waits for a client that has not taken what the parley has queued for it', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.socket.pause()
          const queued = noise(6, 16 << 20)
          stage.decide(connection, parley(stage.transport.now(), { toClient: queued }))
          stage.decide(connection, pump(stage.transport.now()))
          const down = noise(7, FLOOD_BYTES)
          backend.send(down)
          await standstill(() => left(backend))
          expect(left(backend)).toBeGreaterThan(0)
          client.socket.resume()
          await untilFlooded(client, queued.length + 1 + down.length)
          expect(client.received.equals(Buffer.concat([queued, Buffer.from('!'), down]))).toBe(true)
        },
      ))

    it('is a relay as any other: nothing but a close is carried out', () =>
      play(
        (input) => (input.kind === 'dialled' ? pump(input.at) : undefined),
        async (stage) => {
          const ended = await dialled(stage)
          await ended.client.untilText('!')
          stage.decide(ended.connection, closeInOrder)
          await ended.client.untilEnd()
          await ended.backend.untilEnd()
          const wrong = await dialled(stage)
          await wrong.client.untilText('!')
          stage.decide(wrong.connection, parley(stage.transport.now()))
          expect((await wrong.connection.until('finished')).end).toMatchObject({ by: 'gateway', how: 'error' })
        },
      ))
  })
}
