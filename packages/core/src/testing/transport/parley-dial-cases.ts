import { describe, expect, it } from 'vitest'
import { attempt, awaitMore, hold, parley, pump, relay } from './moves.ts'
import { dialTo } from './parley-scene.ts'
import type { Play } from './play.ts'
import type { Script } from './scripted-handler.ts'

export function parleyDialCases(play: Play): void {
  describe('the dial of a parley', () => {
    it('sends its head and nothing else, and leaves the bytes of the client to the first parley', () =>
      play(holdFirst, async (stage) => {
        const server = await stage.backend()
        const client = await stage.client()
        client.send('early')
        const connection = await stage.connection()
        stage.decide(connection, dialTo(stage, server.address))
        const backend = await server.peer(0)
        await backend.untilText('head')
        client.send(' later')
        await stage.untilCounted(connection, { bytesIn: 11, bytesOut: 0 })
        backend.send('!')
        await connection.until('dialled')
        stage.decide(connection, parley(stage.transport.now()))
        await connection.untilShown('early later')
        expect(backend.text).toBe('head')
        stage.decide(connection, parley(stage.transport.now(), { consumed: 11, toServer: 'in another form' }))
        await backend.untilText('headin another form')
      }))

    it('reads no more of the client than the replay bound', () =>
      play(
        () => undefined,
        async (stage) => {
          const server = await stage.backend()
          const client = await stage.client()
          client.send('x'.repeat(4 << 20))
          const connection = await stage.connection()
          stage.decide(connection, dialTo(stage, server.address, { replayLimitBytes: 1000, inMs: 300 }))
          await connection.until('deadline')
          expect((await server.peer(0)).text).toBe('head')
          // Rule 4: one read more, and a stream may hold another.
          expect(stage.transport.counters(connection.id)?.bytesIn).toBeLessThanOrEqual(1000 + 3 * 65_536)
        },
      ))

    it('gives the next attempt its own head only', () =>
      play(
        () => undefined,
        async (stage) => {
          const first = await stage.backend()
          const second = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          const attempts = [attempt(first.address, 'one'), attempt(second.address, 'two')]
          stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
          const failing = await first.peer(0)
          await failing.untilText('one')
          client.send('meanwhile')
          await stage.untilCounted(connection, { bytesIn: 9, bytesOut: 0 })
          failing.end()
          const standing = await second.peer(0)
          await standing.untilText('two')
          standing.send('!')
          const dialled = await connection.until('dialled')
          expect(dialled).toMatchObject({ attempt: 1, failures: [{ attempt: 0, cause: 'closed_early' }] })
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilShown('meanwhile')
          expect([failing.text, standing.text]).toEqual(['one', 'two'])
        },
      ))

    it('tells of the FIN of the client and does not pass it on', () =>
      play(
        () => undefined,
        async (stage) => {
          const server = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, dialTo(stage, server.address))
          const backend = await server.peer(0)
          await backend.untilText('head')
          client.end()
          await connection.until('ended')
          backend.send('!')
          await connection.until('dialled')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilServerShown('!')
          expect(backend.hasEnd).toBe(false)
          stage.decide(connection, pump(stage.transport.now()))
          await backend.untilEnd()
          await client.untilText('!')
          expect(connection.all('ended')).toHaveLength(1)
        },
      ))

    it('that fails altogether leaves what came to the next await', () =>
      play(
        (input) => (input.kind === 'dial-failed' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const server = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, dialTo(stage, server.address))
          const backend = await server.peer(0)
          client.send('more')
          await stage.untilCounted(connection, { bytesIn: 4, bytesOut: 0 })
          backend.reset()
          await connection.untilShown('more')
        },
      ))
  })
}

const holdFirst: Script = (input) => (input.kind === 'accepted' ? hold(input.at) : undefined)
