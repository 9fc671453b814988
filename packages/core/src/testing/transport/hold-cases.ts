import { describe, expect, it } from 'vitest'
import { awaitMore, hold, respondThenClose } from './moves.ts'
import type { Play } from './play.ts'

export function holdCases(play: Play): void {
  describe('a hold', () => {
    it('shows nothing until the next await', () =>
      play(
        (input) => (input.kind === 'accepted' ? hold(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          client.send('early')
          client.end()
          const connection = await stage.connection()
          // FIN is behind the bytes, so they were read by then.
          await connection.until('ended')
          expect(connection.kinds).toEqual(['accepted', 'ended'])
          stage.decide(connection, awaitMore(stage.transport.now()))
          await connection.untilShown('early')
        },
      ))

    if (play.hasReset)
      it('notices that the client is gone', () =>
        play(
          (input) => (input.kind === 'accepted' ? hold(input.at) : undefined),
          async (stage) => {
            const client = await stage.client()
            const connection = await stage.connection()
            client.reset()
            await connection.until('finished')
            expect(connection.kinds).toEqual(['accepted', 'ended', 'finished'])
          },
        ))

    it('tells once that the client sent too much', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return hold(input.at, { maxBytes: 8 })
          return input.kind === 'overrun' ? respondThenClose('too much') : undefined
        },
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          client.send('12345678')
          client.send('9')
          const overrun = await connection.until('overrun')
          expect(overrun.decision).toBe(1)
          await client.untilText('too much')
          await client.untilEnd()
          expect(connection.all('overrun')).toHaveLength(1)
        },
      ))

    it('bears as many bytes as it allows', () =>
      play(
        (input) => (input.kind === 'accepted' ? hold(input.at, { maxBytes: 8 }) : undefined),
        async (stage) => {
          const client = await stage.client()
          client.send('12345678')
          client.end()
          const connection = await stage.connection()
          await connection.until('ended')
          expect(connection.kinds).toEqual(['accepted', 'ended'])
        },
      ))

    it('has a deadline', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return hold(input.at, { inMs: 60 })
          return input.kind === 'deadline' ? respondThenClose('late') : undefined
        },
        async (stage) => {
          const client = await stage.client()
          await client.untilText('late')
          const connection = await stage.connection()
          expect(connection.all('deadline')[0]?.decision).toBe(1)
        },
      ))
  })
}
