import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { MOST_PENDING_BYTES, UNREAD_ANSWER_MS } from '../../entries/transport.ts'
import { awaitMore, closeInOrder, closeWithReset, hold, respondThenAwait, respondThenClose } from './moves.ts'
import type { Play } from './play.ts'
import { textOf } from './scripted-handler.ts'

const KICK = 'the text of a kick'

export function answerCases(play: Play): void {
  describe('an answer', () => {
    it('is followed by the answer to what was pipelined behind the question', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind !== 'bytes') return undefined
          const text = textOf(input.bytes)
          if (text.startsWith('status')) return respondThenAwait(input.at, 'STATUS', { consumed: 6 })
          return text === 'ping' ? respondThenClose('PONG', 4) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('statusping')
          await client.untilText('STATUSPONG')
          await client.untilEnd()
        },
      ))

    it('after a hold shows what came meanwhile', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind !== 'bytes') return undefined
          const text = textOf(input.bytes)
          if (text.startsWith('status')) return hold(input.at, { consumed: 6 })
          return text === 'ping' ? respondThenClose('PONG', 4) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('status')
          const connection = await stage.connection()
          await connection.until('bytes')
          client.send('ping')
          stage.decide(connection, respondThenAwait(stage.transport.now(), 'STATUS'))
          await client.untilText('STATUSPONG')
          await client.untilEnd()
        },
      ))

    it('reaches a client that has sent bytes which nobody read, with FIN and without a reset', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at, { maxBytes: 4 })
          return input.kind === 'bytes' ? respondThenClose(KICK, 4) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send(`quit${'x'.repeat(20_000)}`)
          await client.untilText(KICK)
          await client.untilEnd()
          client.send('and more after the end')
          client.end()
          await client.untilClosed()
          expect(client.errorCode).toBeUndefined()
          const finished = await (await stage.connection()).until('finished')
          expect(finished).toMatchObject({ bytesOut: KICK.length, end: { by: 'gateway', how: 'closed' } })
        },
      ))

    it('is the last thing of a client that goes on sending: it is destroyed', () =>
      play(
        (input) => (input.kind === 'accepted' ? respondThenClose(KICK) : undefined),
        async (stage) => {
          const client = await stage.client()
          await client.untilText(KICK)
          const connection = await stage.connection()
          while (connection.all('finished').length === 0 && !client.isClosed) {
            client.send(Buffer.alloc(16_384))
            await new Promise((resolve) => setImmediate(resolve))
          }
          await connection.until('finished')
        },
      ))

    it('is the last thing of a client that keeps its side open: it is destroyed after the linger time', () =>
      play(
        (input) => (input.kind === 'accepted' ? respondThenClose(KICK) : undefined),
        async (stage) => {
          const client = await stage.client()
          await client.untilEnd()
          const connection = await stage.connection()
          const finished = await connection.until('finished')
          expect(client.text).toBe(KICK)
          expect(finished.at - (connection.all('accepted')[0]?.at ?? 0)).toBeGreaterThanOrEqual(900)
        },
      ))

    it('that the client never reads ends in a reset, not before its time', () =>
      play(
        (input) => (input.kind === 'accepted' ? respondThenClose(Buffer.alloc(32 << 20)) : undefined),
        async (stage) => {
          const client = await stage.client({ isPaused: true })
          const connection = await stage.connection()
          const finished = await connection.until('finished')
          expect(finished.at - (connection.all('accepted')[0]?.at ?? 0)).toBeGreaterThanOrEqual(UNREAD_ANSWER_MS)
          expect(finished.end).toEqual({ by: 'gateway', how: 'closed' })
          client.socket.resume()
          // `libuv` shows a reset behind unread bytes as an end.
          await client.untilClosedOrEnd()
          expect(client.receivedBytes).toBeLessThan(32 << 20)
        },
      ))

    // Each kept its answer for five seconds, however many there were: 3,000 list pings cost 224 MB.
    it('that too many clients do not read ends in a reset before its time, and the newest is kept', () => {
      const answer = Buffer.alloc(MOST_PENDING_BYTES / 2)
      const clients = 8
      return play(
        (input) => (input.kind === 'accepted' ? respondThenClose(answer) : undefined),
        async (stage) => {
          for (let each = 1; each < clients; each++) await stage.client({ isPaused: true })
          for (let each = 1; each < clients; each++) await stage.connection(each - 1)
          const newest = await stage.client({ isPaused: true })
          const { connections } = stage.handler
          const last = await stage.connection(clients - 1)
          const first = await Promise.race(connections.map((connection) => connection.until('finished')))
          const ended = connections.find((connection) => connection.all('finished').length > 0)
          expect(first.at - (ended?.all('accepted')[0]?.at ?? 0)).toBeLessThan(UNREAD_ANSWER_MS)
          expect(first.end).toEqual({ by: 'gateway', how: 'closed' })
          expect(last.all('finished')).toEqual([])
          newest.socket.resume()
          await newest.untilBytes(answer.length)
        },
      )
    })

    it('of many megabytes arrives whole at a client that reads slowly', () =>
      play(
        (input) => (input.kind === 'accepted' ? respondThenClose(Buffer.alloc(8 << 20, 7)) : undefined),
        async (stage) => {
          const client = await stage.client({ isPaused: true })
          await stage.connection()
          client.socket.resume()
          await client.untilEnd()
          expect(client.receivedBytes).toBe(8 << 20)
          expect(client.received.every((byte) => byte === 7)).toBe(true)
        },
      ))
  })

  describe('a close', () => {
    it('in order gives the client FIN', () =>
      play(
        (input) => (input.kind === 'accepted' ? closeInOrder : undefined),
        async (stage) => {
          const client = await stage.client()
          await client.untilEnd()
          client.end()
          await client.untilClosed()
          expect(client.errorCode).toBeUndefined()
        },
      ))

    if (play.hasReset)
      it('with reset gives the client a reset', () =>
        play(
          (input) => {
            if (input.kind === 'accepted') return awaitMore(input.at)
            return input.kind === 'bytes' ? closeWithReset : undefined
          },
          async (stage) => {
            const client = await stage.client()
            client.send('x')
            await client.untilError()
            expect(client.errorCode).toBe('ECONNRESET')
            const finished = await (await stage.connection()).until('finished')
            expect(finished.end).toEqual({ by: 'gateway', how: 'closed' })
          },
        ))

    it('with reset cuts a close in order short', () =>
      play(
        (input) => (input.kind === 'accepted' ? closeInOrder : undefined),
        async (stage) => {
          const client = await stage.client()
          await client.untilEnd()
          const connection = await stage.connection()
          stage.decide(connection, closeWithReset)
          await connection.until('finished')
        },
      ))

    it('is final: what is decided after it is ignored', () =>
      play(
        (input) => (input.kind === 'accepted' ? respondThenClose(KICK) : undefined),
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, respondThenAwait(stage.transport.now(), 'more'))
          await client.untilEnd()
          client.end()
          const finished = await connection.until('finished')
          expect(client.text).toBe(KICK)
          expect(finished.end).toEqual({ by: 'gateway', how: 'closed' })
        },
      ))
  })
}
