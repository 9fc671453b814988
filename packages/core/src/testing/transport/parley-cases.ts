import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { UNREAD_ANSWER_MS } from '../../entries/transport.ts'
import {
  attempt,
  awaitMore,
  closeInOrder,
  closeWithReset,
  hold,
  parley,
  pump,
  relay,
  respondThenAwait,
  respondThenClose,
} from './moves.ts'
import { noise } from './noise.ts'
import type { Peer } from './peer.ts'
import type { Play } from './play.ts'
import type { Observed, Script } from './scripted-handler.ts'
import { textOf } from './scripted-handler.ts'
import type { Stage } from './stage.ts'
import { standstill } from './waiting.ts'

/** More than all kernel buffers on the way take. */
const FLOOD_BYTES = 64 << 20
/** What may be under way when a reader stands still. */
const UNDER_WAY_BYTES = 40 << 20

export interface Parleyed {
  readonly client: Peer
  readonly backend: Peer
  readonly connection: Observed
}

export function parleyCases(play: Play): void {
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

  describe('a parley', () => {
    it('moves nothing and tells nothing before its first decision', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.send('from the client')
          backend.send(' from the backend')
          client.end()
          await anotherDeadline(stage)
          expect(connection.kinds).toEqual(['accepted', 'dialled'])
          expect([client.text, backend.text]).toEqual(['', 'head'])
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilShown('from the client')
          await connection.untilServerShown('! from the backend')
          await connection.until('ended')
        },
      ))

    it('notices before its first decision that the client is gone, at the latest with it', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.reset()
          stage.decide(connection, parley(stage.transport.now()))
          expect((await connection.until('finished')).end).toEqual({ by: 'client', how: 'reset' })
          expect(connection.all('ended')).toMatchObject([{ how: 'reset' }])
          await backend.untilClosedOrEnd()
        },
      ))

    it('shows each side from its first byte that was not consumed, as it grows', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          stage.decide(connection, parley(stage.transport.now()))
          let sent = ''
          for (const byte of 'byte by byte') {
            client.send(byte)
            backend.send(byte)
            sent += byte
            await connection.untilShown(sent)
            await connection.untilServerShown(`!${sent}`)
          }
          expect([client.text, backend.text]).toEqual(['', 'head'])
        },
      ))

    it('drops the consumed bytes of each side by itself', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.send('client')
          backend.send('backend')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.untilShown('client')
          await connection.untilServerShown('!backend')
          stage.decide(connection, parley(stage.transport.now(), { fromServer: 5 }))
          await connection.untilServerShown('end')
          // Left whole, and so not shown again.
          expect(connection.all('bytes').filter((input) => textOf(input.bytes) === 'client')).toHaveLength(1)
          stage.decide(connection, parley(stage.transport.now(), { consumed: 3 }))
          await connection.untilShown('ent')
          expect(connection.all('server-bytes').filter((input) => textOf(input.bytes) === 'end')).toHaveLength(1)
        },
      ))

    it('passes whole frames on, wherever they are cut', async () => {
      const frames = 'aaaabbbbccccdddd'
      for (let cut = 0; cut <= frames.length; cut++)
        await play(passFrames, async (stage) => {
          const { client, backend, connection } = await dialled(stage, '')
          for (const piece of [frames.slice(0, cut), frames.slice(cut)]) {
            client.send(piece)
            backend.send(piece)
            const whole = Math.floor((piece === frames.slice(0, cut) ? cut : frames.length) / 4) * 4
            await client.untilText(frames.slice(0, whole).toUpperCase())
            await backend.untilText(`head${frames.slice(0, whole).toUpperCase()}`)
          }
          stage.decide(connection, closeInOrder)
        })
    })

    it('may hand on what it is shown without a copy', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at)
          if (input.kind === 'bytes')
            return parley(input.at, { consumed: input.bytes.length, toServer: input.bytes.subarray(1) })
          if (input.kind === 'server-bytes')
            return parley(input.at, { fromServer: input.bytes.length, toClient: input.bytes.subarray(1) })
          return undefined
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await connection.untilServerShown('!')
          for (let round = 1; round <= 20; round++) {
            client.send('.ping')
            backend.send('.pong')
            await client.untilText('pong'.repeat(round))
            await backend.untilText(`head${'ping'.repeat(round)}`)
          }
        },
      ))

    it('shows no more of either side than its maximum, and all of it once there is room', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage, '0123456789')
          client.send('abcdefghij')
          stage.decide(connection, parley(stage.transport.now(), { maxBytes: 3, maxServerBytes: 4 }))
          await connection.untilShown('abc')
          await connection.untilServerShown('0123')
          client.end()
          backend.end()
          stage.decide(connection, parley(stage.transport.now(), { maxBytes: 5, maxServerBytes: 6 }))
          await connection.untilShown('abcde')
          await connection.untilServerShown('012345')
          expect(connection.kinds).not.toContain('ended')
          expect(connection.kinds).not.toContain('server-ended')
          stage.decide(connection, parley(stage.transport.now()))
          await connection.until('ended')
          await connection.until('server-ended')
          await connection.untilShown('abcdefghij')
          await connection.untilServerShown('0123456789')
          expect(connection.kinds.indexOf('ended')).toBeGreaterThan(connection.kinds.lastIndexOf('bytes'))
          expect(connection.kinds.indexOf('server-ended')).toBeGreaterThan(connection.kinds.lastIndexOf('server-bytes'))
        },
      ))

    it('stops reading at the maximum of each side', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.send(Buffer.alloc(FLOOD_BYTES))
          backend.send(Buffer.alloc(FLOOD_BYTES))
          stage.decide(connection, parley(stage.transport.now()))
          await standstill(() => left(client) + left(backend))
          expect(stage.transport.counters(connection.id)?.bytesIn).toBeLessThanOrEqual(1024 + 3 * 65_536)
          expect(left(backend)).toBeGreaterThan(FLOOD_BYTES - UNDER_WAY_BYTES)
        },
      ))

    it('does not read faster from the backend than the client takes, and loses nothing', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at, { maxServerBytes: 65_536 })
          if (input.kind !== 'server-bytes') return undefined
          const { bytes, at } = input
          return parley(at, { fromServer: bytes.length, toClient: Buffer.from(bytes), maxServerBytes: 65_536 })
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.socket.pause()
          const flood = noise(1, FLOOD_BYTES)
          backend.send(flood)
          await standstill(() => left(backend))
          expect(left(backend)).toBeGreaterThan(FLOOD_BYTES - UNDER_WAY_BYTES)
          client.socket.resume()
          await untilFlooded(client, 1 + FLOOD_BYTES)
          expect(client.received.subarray(1).equals(flood)).toBe(true)
          await stage.untilCounted(connection, { bytesIn: 0, bytesOut: 1 + FLOOD_BYTES })
        },
      ))

    it('does not read faster from the client than the backend takes, and loses nothing', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at, { maxBytes: 65_536 })
          if (input.kind !== 'bytes') return undefined
          const { bytes, at } = input
          return parley(at, { consumed: bytes.length, toServer: Buffer.from(bytes), maxBytes: 65_536 })
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          backend.socket.pause()
          const flood = noise(2, FLOOD_BYTES)
          client.send(flood)
          const read = await standstill(() => stage.transport.counters(connection.id)?.bytesIn ?? -1)
          expect(read).toBeLessThan(UNDER_WAY_BYTES)
          backend.socket.resume()
          await untilFlooded(backend, 4 + FLOOD_BYTES)
          expect(backend.received.subarray(4).equals(flood)).toBe(true)
        },
      ))

    it('has a deadline, told once, and not before its time', () =>
      play(
        (input) => (input.kind === 'dialled' ? parley(input.at, { inMs: 60 }) : undefined),
        async (stage) => {
          const { backend, connection } = await dialled(stage)
          const { at, decision } = await connection.until('deadline')
          expect(decision).toBe(2)
          expect(at - (connection.all('dialled')[0]?.at ?? at)).toBeGreaterThanOrEqual(60)
          backend.send('still shown')
          await connection.untilServerShown('!still shown')
          expect(connection.all('deadline')).toHaveLength(1)
        },
      ))

    it('lets a client take its time that leaves what it was sent unread', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, connection } = await dialled(stage)
          client.socket.pause()
          const toClient = Buffer.alloc(FLOOD_BYTES)
          stage.decide(connection, parley(stage.transport.now(), { toClient, inMs: UNREAD_ANSWER_MS + 500 }))
          await connection.until('deadline')
          expect(connection.kinds).not.toContain('finished')
          client.socket.resume()
          await untilFlooded(client, FLOOD_BYTES)
        },
      ))

    it('tells of the FIN of the backend after its last byte, and the client still gets a text', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at)
          return input.kind === 'server-ended' ? respondThenClose('server down') : undefined
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          backend.send('last words')
          backend.end()
          await client.untilText('server down')
          await client.untilEnd()
          client.end()
          const finished = await connection.until('finished')
          expect(connection.kinds.filter((kind) => kind !== 'server-bytes')).toEqual([
            'accepted',
            'dialled',
            'server-ended',
            'finished',
          ])
          expect(connection.all('server-ended')).toMatchObject([{ how: 'fin' }])
          await connection.untilServerShown('!last words')
          expect(finished).toMatchObject({ bytesOut: 11, end: { by: 'server', how: 'fin' } })
        },
      ))

    it('tells of the reset of the backend, and the client still gets a text', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at)
          return input.kind === 'server-ended' ? respondThenClose('server down') : undefined
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await connection.untilServerShown('!')
          backend.reset()
          await client.untilText('server down')
          await client.untilEnd()
          client.end()
          const finished = await connection.until('finished')
          expect(connection.all('server-ended')).toMatchObject([{ how: 'reset' }])
          expect(finished.end).toEqual({ by: 'server', how: 'reset' })
          expect(client.errorCode).toBeUndefined()
        },
      ))

    it('goes on with the client after the end of the backend, as long as the logic wants', () =>
      play(
        (input) => {
          if (input.kind === 'dialled' || input.kind === 'server-ended') return parley(input.at)
          return input.kind === 'bytes' ? respondThenClose('bye') : undefined
        },
        async (stage) => {
          for (const how of ['end', 'reset'] as const) {
            const { client, backend, connection } = await dialled(stage)
            await connection.untilServerShown('!')
            backend[how]()
            await connection.until('server-ended')
            client.send('hello')
            await client.untilText('bye')
          }
        },
      ))

    it('ends by itself when the client resets', () =>
      play(
        (input) => (input.kind === 'dialled' ? parley(input.at) : undefined),
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await connection.untilServerShown('!')
          client.reset()
          const finished = await connection.until('finished')
          expect(connection.kinds).toEqual(['accepted', 'dialled', 'server-bytes', 'ended', 'finished'])
          expect(connection.all('ended')).toMatchObject([{ how: 'reset' }])
          expect(finished.end).toEqual({ by: 'client', how: 'reset' })
          await backend.untilClosedOrEnd()
        },
      ))

    it('is told of the FIN of the client, which the backend does not get when it is closed', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at)
          return input.kind === 'ended' ? closeInOrder : undefined
        },
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          client.send('bye')
          client.end()
          await client.untilEnd()
          const finished = await connection.until('finished')
          await connection.untilShown('bye')
          expect(finished.end).toEqual({ by: 'client', how: 'fin' })
          expect(backend.text).toBe('head')
          await backend.untilClosedOrEnd()
        },
      ))

    it('that is closed gives the client first what is queued for it, and drops the backend', () =>
      play(
        () => undefined,
        async (stage) => {
          for (const ending of [closeInOrder, respondThenClose(' and a text')]) {
            const { client, backend, connection } = await dialled(stage)
            client.socket.pause()
            const toClient = noise(3, 8 << 20)
            stage.decide(connection, parley(stage.transport.now(), { toClient }))
            stage.decide(connection, ending)
            await backend.untilClosedOrEnd()
            client.socket.resume()
            await client.untilEnd()
            client.end()
            const finished = await connection.until('finished')
            const text = ending === closeInOrder ? '' : ' and a text'
            expect(client.received.equals(Buffer.concat([toClient, Buffer.from(text)]))).toBe(true)
            expect(finished).toMatchObject({ bytesOut: client.receivedBytes, end: { by: 'gateway', how: 'closed' } })
          }
        },
      ))

    it('that is closed with reset resets the client', () =>
      play(
        (input) => (input.kind === 'dialled' ? parley(input.at) : undefined),
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          await connection.untilServerShown('!')
          stage.decide(connection, closeWithReset)
          await client.untilError()
          await backend.untilClosedOrEnd()
          expect((await connection.until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
        },
      ))

    it('takes no other decision, and is decided nowhere else', () =>
      play(
        () => undefined,
        async (stage) => {
          const now = stage.transport.now()
          for (const wrong of [awaitMore(now), hold(now), respondThenAwait(now, 'x'), relay(now, [])]) {
            const { client, backend, connection } = await dialled(stage)
            stage.decide(connection, parley(now))
            stage.decide(connection, wrong)
            expect((await connection.until('finished')).end).toMatchObject({ by: 'gateway', how: 'error' })
            await client.untilClosed()
            await backend.untilClosedOrEnd()
          }
          await stage.client()
          const waiting = await stage.connection(stage.clientCount - 1)
          stage.decide(waiting, awaitMore(now))
          stage.decide(waiting, parley(now))
          expect((await waiting.until('finished')).end).toMatchObject({ by: 'gateway', how: 'error' })
          expect(stage.notices).toHaveLength(5)
        },
      ))
  })

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

/** A parley whose attempt stands, and about which the test decides: the backend got `head` and sent its first bytes. */
export async function dialled(stage: Stage, first = '!', options: Parameters<typeof relay>[2] = {}): Promise<Parleyed> {
  const server = await stage.backend()
  const client = await stage.client()
  const connection = await stage.connection(stage.clientCount - 1)
  stage.decide(connection, dialTo(stage, server.address, options))
  const backend = await server.peer(0)
  await backend.untilText('head')
  if (first !== '') {
    backend.send(first)
    await connection.until('dialled')
  }
  return { client, backend, connection }
}

function dialTo(stage: Stage, address: Parameters<typeof attempt>[0], options: Parameters<typeof relay>[2] = {}) {
  return relay(stage.transport.now(), [attempt(address, 'head')], { ...options, parley: true })
}

const holdFirst: Script = (input) => (input.kind === 'accepted' ? hold(input.at) : undefined)

/** Frames of four bytes, which are passed on in capitals. */
const passFrames: Script = (input) => {
  if (input.kind === 'dialled') return parley(input.at)
  if (input.kind !== 'bytes' && input.kind !== 'server-bytes') return undefined
  const whole = input.bytes.length - (input.bytes.length % 4)
  if (whole === 0) return undefined
  const text = textOf(input.bytes).slice(0, whole).toUpperCase()
  return input.kind === 'bytes'
    ? parley(input.at, { consumed: whole, toServer: text })
    : parley(input.at, { fromServer: whole, toClient: text })
}

/** Waits until the deadline of another connection: a time in which nothing was to happen. */
async function anotherDeadline(stage: Stage): Promise<void> {
  await stage.client()
  const clock = await stage.connection(stage.clientCount - 1)
  stage.decide(clock, awaitMore(stage.transport.now(), { inMs: 300 }))
  await clock.until('deadline')
}

/** Step by step: all of it takes a loaded machine longer than the suite waits for anything. */
async function untilFlooded(peer: Peer, bytes: number): Promise<void> {
  for (let step = 0; step < bytes; step += 8 << 20) await peer.untilBytes(step)
  await peer.untilBytes(bytes)
}

/** What a peer has sent and the kernel has not taken. */
function left({ socket }: Peer): number {
  return socket.writableLength
}
