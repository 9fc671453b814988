import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { awaitMore, closeInOrder, closeWithReset } from './moves.ts'
import type { Play } from './play.ts'
import type { Move, Script } from './scripted-handler.ts'

export function adoptCases(play: Play): void {
  describe('an adopted connection', () => {
    it('gives its adopter the unread bytes first, then what comes, and carries the answer', () =>
      play(
        adoptingAfterBytes((stream) => {
          stream.pipe(stream)
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('readunread')
          await client.untilText('unread')
          client.send(' and more')
          await client.untilText('unread and more')
          const connection = await stage.connection()
          expect(stage.transport.counters(connection.id)).toEqual({ bytesIn: 19, bytesOut: 15 })
          client.end()
          await client.untilEnd()
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: 19, bytesOut: 15, end: { by: 'client', how: 'fin' } })
          expect(connection.kinds).toEqual(['accepted', 'bytes', 'finished'])
        },
      ))

    it('waits for an adopter that listens late', () =>
      play(
        adoptingAfterBytes((stream) => {
          setTimeout(() => stream.on('data', (chunk) => stream.write(chunk)), 30)
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('readunread')
          await client.untilText('unread')
          client.send('!')
          await client.untilText('unread!')
        },
      ))

    it('may have been half-closed by its client before', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind !== 'ended') return undefined
          return adopt((stream) => {
            stream.pipe(stream)
          })
        },
        async (stage) => {
          const client = await stage.client()
          client.send('all at once')
          client.end()
          await client.untilText('all at once')
          await client.untilEnd()
          await (await stage.connection()).until('finished')
        },
      ))

    it('is destroyed by a close', () =>
      play(
        adoptingAfterBytes((stream) => {
          stream.on('error', () => {}).resume()
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('read')
          const connection = await stage.connection()
          await connection.until('bytes')
          stage.decide(connection, closeInOrder)
          await client.untilClosedOrEnd()
          expect((await connection.until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
        },
      ))

    // `libuv` refuses a reset while a shutdown is under way, and the socket neither closed nor said so.
    it('is destroyed by a reset that crosses the end of its adopter', () => {
      let isEnding = (): void => {}
      return play(
        adoptingAfterBytes((stream) => {
          stream.on('error', () => {}).resume()
          // Begun here, a shutdown is under way until the timers of the next turn of the event loop have run.
          setImmediate(() => {
            stream.end('bye')
            setTimeout(() => isEnding(), 1)
            const isDueAt = performance.now() + 2
            while (performance.now() < isDueAt);
          })
        }),
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          isEnding = () => stage.decide(connection, closeWithReset)
          client.send('read')
          await connection.until('finished')
        },
      )
    })

    it('is finished when its adopter destroys the stream', () =>
      play(
        adoptingAfterBytes((stream) => {
          stream.destroy()
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('read')
          await client.untilClosedOrEnd()
          expect((await (await stage.connection()).until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
        },
      ))

    it('is finished when its client is gone', () =>
      play(
        adoptingAfterBytes((stream) => {
          stream.on('error', () => {}).resume()
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('read')
          const connection = await stage.connection()
          await connection.until('bytes')
          client.reset()
          expect((await connection.until('finished')).end).toEqual({ by: 'client', how: 'reset' })
          expect(connection.kinds).toEqual(['accepted', 'bytes', 'finished'])
        },
      ))

    it('whose adopter throws ends with an error', () =>
      play(
        adoptingAfterBytes(() => {
          throw new Error('adopter broke')
        }),
        async (stage) => {
          const client = await stage.client()
          client.send('read')
          await client.untilClosedOrEnd()
          const { end } = await (await stage.connection()).until('finished')
          expect(end).toMatchObject({ by: 'gateway', how: 'error', message: expect.stringContaining('adopter broke') })
        },
      ))
  })
}

function adopt(adopter: (stream: Duplex) => void, consumed = 0): Move {
  return { kind: 'adopt', adopter, consumed }
}

/** Consumes `read` and hands over the rest. */
function adoptingAfterBytes(adopter: (stream: Duplex) => void): Script {
  return (input) => {
    if (input.kind === 'accepted') return awaitMore(input.at)
    return input.kind === 'bytes' ? adopt(adopter, 'read'.length) : undefined
  }
}
