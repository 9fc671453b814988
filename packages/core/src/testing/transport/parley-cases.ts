import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { UNREAD_ANSWER_MS } from '../../entries/transport.ts'
import {
  awaitMore,
  closeInOrder,
  closeWithReset,
  hold,
  parley,
  relay,
  respondThenAwait,
  respondThenClose,
} from './moves.ts'
import { noise } from './noise.ts'
import { anotherDeadline, dialled, FLOOD_BYTES, left, UNDER_WAY_BYTES, untilFlooded } from './parley-scene.ts'
import type { Play } from './play.ts'
import type { Script } from './scripted-handler.ts'
import { textOf } from './scripted-handler.ts'
import { standstill } from './waiting.ts'

export function parleyCases(play: Play): void {
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
}

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
