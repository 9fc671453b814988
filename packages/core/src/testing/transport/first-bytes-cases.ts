import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { awaitMore, closeInOrder, hold, respondThenAwait, respondThenClose } from './moves.ts'
import type { Play } from './play.ts'
import { textOf } from './scripted-handler.ts'

export function firstBytesCases(play: Play): void {
  describe('the first bytes', () => {
    if (play.hasReset)
      it('come with the peer address and the local address of the connection, canonical', () =>
        play(
          (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
          async (stage) => {
            const client = await stage.client()
            const { listener, peer, local } = await (await stage.connection()).until('accepted')
            expect({ listener, peer, local }).toEqual({ listener: 'test', peer: client.address, local: stage.address })
          },
        ))

    it('are shown from the first that was not consumed, again and again as they grow', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          let sent = ''
          for (const byte of 'byte by byte') {
            client.send(byte)
            sent += byte
            await connection.untilShown(sent)
          }
        },
      ))

    it('are dropped from the front as they are consumed, and what is left is shown to the next state', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          // One byte at a time, so that everything behind it is shown again.
          if (input.kind === 'bytes') return awaitMore(input.at, { consumed: 1 })
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('abcd')
          const connection = await stage.connection()
          await connection.untilShown('d')
          client.send('e')
          await connection.untilShown('e')
          const firsts = connection.all('bytes').map((input) => textOf(input.bytes).slice(0, 1))
          expect(firsts.join('')).toBe('abcde')
        },
      ))

    it('are not shown again when a decision left them whole and nothing came', () =>
      play(
        (input) => (input.kind === 'accepted' || input.kind === 'bytes' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          client.send('ab')
          const connection = await stage.connection()
          await connection.untilShown('ab')
          client.send('c')
          await connection.untilShown('abc')
          expect(connection.all('bytes').filter((input) => textOf(input.bytes) === 'abc')).toHaveLength(1)
        },
      ))

    it('are shown up to maxBytes and no further, and all of them once there is room', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at, { maxBytes: 10 })
          if (input.kind === 'bytes' && input.bytes.length === 10)
            return awaitMore(input.at, { consumed: 10, maxBytes: 10 })
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('0123456789'.repeat(100).concat('end'))
          const connection = await stage.connection()
          await connection.untilShown('end')
          expect(Math.max(...connection.all('bytes').map((input) => input.bytes.length))).toBe(10)
        },
      ))

    it('stop being read at maxBytes: what a client sends beyond them stays with the client', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at, { maxBytes: 1000 }) : undefined),
        async (stage) => {
          const client = await stage.client()
          client.send(Buffer.alloc(1 << 20))
          const connection = await stage.connection()
          await connection.until('bytes')
          stage.decide(connection, hold(stage.transport.now(), { maxBytes: 1000 }))
          await connection.until('overrun')
          const read = stage.transport.counters(connection.id)?.bytesIn ?? 0
          expect(read).toBeGreaterThan(1000)
          // One read of 64 KiB may be under way (rule 4), and a stream may hold one more.
          expect(read).toBeLessThanOrEqual(1000 + 3 * 65_536)
        },
      ))

    it('come before the FIN behind them, and an answer still reaches the client', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind === 'ended') return respondThenClose('answer')
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('question')
          client.end()
          await client.untilText('answer')
          await client.untilEnd()
          const connection = await stage.connection()
          const finished = await connection.until('finished')
          expect(connection.kinds.filter((kind) => kind !== 'bytes')).toEqual(['accepted', 'ended', 'finished'])
          expect(connection.kinds.indexOf('ended')).toBeGreaterThan(connection.kinds.lastIndexOf('bytes'))
          expect(connection.all('ended')[0]?.how).toBe('fin')
          expect(finished).toMatchObject({ bytesIn: 8, bytesOut: 6, end: { by: 'client', how: 'fin' } })
        },
      ))

    if (play.hasReset)
      it('end in a reset that is told, and finished follows by itself', () =>
        play(
          (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
          async (stage) => {
            const client = await stage.client()
            client.send('x')
            const connection = await stage.connection()
            await connection.until('bytes')
            client.reset()
            const finished = await connection.until('finished')
            expect(connection.kinds).toEqual(['accepted', 'bytes', 'ended', 'finished'])
            expect(connection.all('ended')[0]?.how).toBe('reset')
            expect(finished.end).toEqual({ by: 'client', how: 'reset' })
          },
        ))

    it('are counted with everything before them', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind === 'bytes') return respondThenAwait(input.at, 'pong', { consumed: input.bytes.length })
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('ping')
          await client.untilText('pong')
          client.send('ping')
          await client.untilText('pongpong')
          const connection = await stage.connection()
          await stage.untilCounted(connection, { bytesIn: 8, bytesOut: 8 })
          stage.decide(connection, closeInOrder)
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: 8, bytesOut: 8, end: { by: 'gateway', how: 'closed' } })
          expect(stage.transport.counters(connection.id)).toBeUndefined()
        },
      ))
  })

  describe('a deadline', () => {
    it('is told once, for the decision in force, and not before its time', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at, { inMs: 60 })
          return input.kind === 'deadline' ? closeInOrder : undefined
        },
        async (stage) => {
          await stage.client()
          const connection = await stage.connection()
          const { at, decision } = await connection.until('deadline')
          expect(at - (connection.all('accepted')[0]?.at ?? at)).toBeGreaterThanOrEqual(60)
          expect(decision).toBe(1)
          await connection.until('finished')
          expect(connection.all('deadline')).toHaveLength(1)
        },
      ))

    it('is not moved by bytes that lead to no decision, and leaves the bytes after it to be shown', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at, { inMs: 100 }) : undefined),
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          client.send('a')
          await connection.untilShown('a')
          await connection.until('deadline')
          client.send('b')
          await connection.untilShown('ab')
          expect(connection.all('deadline')).toHaveLength(1)
        },
      ))

    it('of an earlier decision does not come when a later one has another', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at, { inMs: 400 })
          if (input.kind === 'bytes') return awaitMore(input.at, { inMs: 800 })
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('x')
          const connection = await stage.connection()
          const bytes = await connection.until('bytes')
          const deadline = await connection.until('deadline', connection.all('deadline').length)
          expect(deadline.decision).toBe(2)
          expect(deadline.at - bytes.at).toBeGreaterThanOrEqual(800)
        },
      ))

    it('that lies in the past is told all the same', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at, { inMs: -1000 }) : undefined),
        async (stage) => {
          await stage.client()
          await (await stage.connection()).until('deadline')
        },
      ))
  })
}
