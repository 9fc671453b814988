import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { CipheredPeer } from './ciphered-peer.ts'
import {
  attempt,
  awaitMore,
  ciphered,
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
import { dialled } from './parley-scene.ts'
import type { Play } from './play.ts'
import type { Move, Observed, Script } from './scripted-handler.ts'
import type { Stage } from './stage.ts'
import { poll, standstill } from './waiting.ts'

const KEY = Buffer.from('0123456789abcdef')
const BULK_BYTES = 64 << 20
const PIECE_BYTES = 8 << 20

export function cipherCases(play: Play): void {
  describe('a cipher', () => {
    it('deciphers from the byte behind what was consumed, in the same read too', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          const isFirst = input.kind === 'bytes' && input.bytes[0] === 0x70
          return isFirst ? withCipher(awaitMore(input.at, { consumed: 5 })) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          const player = new CipheredPeer(client, KEY)
          client.send(Buffer.concat([Buffer.from('plain'), player.encrypt('secret')]))
          const connection = await stage.connection()
          await connection.untilShown('secret')
          player.send(' and more')
          await connection.untilShown('secret and more')
        },
      ))

    it('deciphers whatever is cut where', async () => {
      const secret = 'a secret that is longer than one block of sixteen bytes'
      for (let cut = 0; cut <= 5 + secret.length; cut++)
        await play(
          (input) => {
            if (input.kind === 'accepted') return awaitMore(input.at)
            if (input.kind !== 'bytes' || input.bytes.length < 5 || input.bytes[0] !== 0x70) return undefined
            return withCipher(awaitMore(input.at, { consumed: 5 }))
          },
          async (stage) => {
            const client = await stage.client()
            const player = new CipheredPeer(client, KEY)
            const all = Buffer.concat([Buffer.from('plain'), player.encrypt(secret)])
            client.send(all.subarray(0, cut))
            const connection = await stage.connection()
            await stage.untilCounted(connection, { bytesIn: cut, bytesOut: 0 })
            client.send(all.subarray(cut))
            await connection.untilShown(secret)
          },
        )
    })

    it('leaves what was shown and not consumed to be shown again, deciphered', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          const player = new CipheredPeer(client, KEY)
          const secret = player.encrypt('secret')
          client.send(secret)
          const connection = await stage.connection()
          await connection.untilShown(secret.toString('latin1'))
          stage.decide(connection, withCipher(awaitMore(stage.transport.now())))
          await connection.untilShown('secret')
        },
      ))

    it('of a hold deciphers what comes meanwhile, for the next await', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          const isFirst = input.kind === 'bytes' && input.bytes[0] === 0x70
          return isFirst ? withCipher(hold(input.at, { consumed: 5 })) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          const player = new CipheredPeer(client, KEY)
          client.send(Buffer.concat([Buffer.from('plain'), player.encrypt('one')]))
          const connection = await stage.connection()
          await connection.until('bytes')
          player.send(' two')
          await stage.untilCounted(connection, { bytesIn: 12, bytesOut: 0 })
          stage.decide(connection, respondThenAwait(stage.transport.now(), 'answer'))
          await connection.untilShown('one two')
          expect(await player.textOf(6)).toBe('answer')
        },
      ))

    it('of an answer enciphers it, and not what was sent before', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return respondThenAwait(input.at, 'plain')
          const isFirst = input.kind === 'bytes' && input.bytes[0] === 0x67
          return isFirst ? withCipher(respondThenAwait(input.at, ' secret', { consumed: 2 })) : undefined
        },
        async (stage) => {
          const client = await stage.client()
          const player = new CipheredPeer(client, KEY, 5)
          await client.untilText('plain')
          client.send(Buffer.concat([Buffer.from('go'), player.encrypt('went')]))
          expect(await player.textOf(12)).toBe('plain secret')
          const connection = await stage.connection()
          await connection.untilShown('went')
          await stage.untilCounted(connection, { bytesIn: 6, bytesOut: 12 })
        },
      ))

    it('leaves plain what still waits for the client', () =>
      play(
        () => undefined,
        async (stage) => {
          const client = await stage.client({ isPaused: true })
          const connection = await stage.connection()
          const waiting = noise(1, 16 << 20)
          stage.decide(connection, respondThenAwait(stage.transport.now(), waiting))
          stage.decide(connection, withCipher(respondThenAwait(stage.transport.now(), 'secret')))
          const player = new CipheredPeer(client, KEY, waiting.length)
          client.socket.resume()
          await client.untilBytes(waiting.length + 6)
          expect(player.received.subarray(0, waiting.length).equals(waiting)).toBe(true)
          expect(player.text.slice(waiting.length)).toBe('secret')
        },
      ))

    it('enciphers the last text of a close, and answers of many pieces', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return withCipher(respondThenAwait(input.at, 'one'))
          if (input.kind !== 'bytes') return undefined
          const text = Buffer.from(input.bytes).toString('latin1')
          return text === 'ping'
            ? respondThenAwait(input.at, ' two', { consumed: 4 })
            : respondThenClose(' a kick', input.bytes.length)
        },
        async (stage) => {
          const client = await stage.client()
          const player = new CipheredPeer(client, KEY)
          player.send('ping')
          await client.untilBytes(7)
          player.send('quit')
          await client.untilEnd()
          client.end()
          expect(player.text).toBe('one two a kick')
          const finished = await (await stage.connection()).until('finished')
          expect(finished).toMatchObject({ bytesIn: 8, bytesOut: 14 })
        },
      ))

    it('enciphers a large answer whole, at a client that stops reading', () =>
      play(
        (input) => (input.kind === 'accepted' ? withCipher(respondThenClose(noise(2, 8 << 20))) : undefined),
        async (stage) => {
          const client = await stage.client({ isPaused: true })
          await stage.connection()
          client.socket.resume()
          await client.untilEnd()
          expect(new CipheredPeer(client, KEY).received.equals(noise(2, 8 << 20))).toBe(true)
        },
      ))

    it('of a parley deciphers what is left of the client, and enciphers what it is sent', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage)
          const player = new CipheredPeer(client, KEY, 5)
          stage.decide(connection, parley(stage.transport.now(), { toClient: 'plain' }))
          await connection.untilServerShown('!')
          client.send(Buffer.concat([Buffer.from('plain'), player.encrypt('secret')]))
          await untilShownBytes(connection, 11)
          const began = { consumed: 5, toClient: ' text', toServer: ' text' }
          stage.decide(connection, withCipher(parley(stage.transport.now(), began)))
          await connection.untilShown('secret')
          expect(await player.textOf(10)).toBe('plain text')
          // The backend is no party to it.
          await backend.untilText('head text')
        },
      ))

    it('of the last parley goes on in the relay', () =>
      play(
        () => undefined,
        async (stage) => {
          const { client, backend, connection } = await dialled(stage, 'server')
          const player = new CipheredPeer(client, KEY)
          stage.decide(connection, parley(stage.transport.now()))
          client.send(Buffer.concat([Buffer.from('x'), player.encrypt('rest')]))
          await untilShownBytes(connection, 5)
          stage.decide(connection, withCipher(pump(stage.transport.now(), { consumed: 1, toClient: 'to ' })))
          expect(await player.textOf(9)).toBe('to server')
          await backend.untilText('headrest')
          for (let round = 1; round <= 30; round++) {
            player.send('<up>')
            backend.send('<down>')
            await backend.untilText(`headrest${'<up>'.repeat(round)}`)
            expect(await player.textOf(9 + 6 * round)).toBe(`to server${'<down>'.repeat(round)}`)
          }
        },
      ))

    it('deciphers what a client sent before the dial, with the first parley', () =>
      play(cipheredHold, async (stage) => {
        const { client, connection, player } = await joined(stage, 'early')
        stage.decide(connection, parley(stage.transport.now()))
        await connection.untilShown('early')
        expect(client.text).toBe('')
        player.send(' late')
        await connection.untilShown('early late')
      }))

    it('keeps a relay right over bulk, both ways at once, and counts the wire', { timeout: 180_000 }, () =>
      play(cipheredHold, async (stage) => {
        const { backend, connection, player } = await joined(stage, '')
        stage.decide(connection, pump(stage.transport.now()))
        const up = noise(3, BULK_BYTES)
        const down = noise(4, BULK_BYTES)
        // Piece by piece: all of it takes a loaded machine longer than the suite waits for anything.
        for (let end = PIECE_BYTES; end <= BULK_BYTES; end += PIECE_BYTES) {
          backend.send(down.subarray(end - PIECE_BYTES, end))
          player.send(up.subarray(end - PIECE_BYTES, end))
          await player.peer.untilBytes(1 + end)
          await backend.untilBytes(4 + end)
        }
        expect(player.received.subarray(1).equals(down)).toBe(true)
        expect(backend.received.subarray(4).equals(up)).toBe(true)
        await stage.untilCounted(connection, { bytesIn: 5 + up.length, bytesOut: 1 + down.length })
      }),
    )

    it('keeps relays apart that pour at once, while one of them ends and one is cut', () =>
      play(cipheredHold, async (stage) => {
        const sessions = []
        for (let seed = 10; seed < 16; seed++) {
          const session = await joined(stage, '')
          stage.decide(session.connection, pump(stage.transport.now()))
          sessions.push({ ...session, down: noise(seed, (seed - 6) << 20) })
        }
        for (const { backend, down } of sessions) backend.send(down)
        const [first, second] = sessions
        await first?.player.peer.untilBytes(1 << 20)
        first?.client.reset()
        second?.backend.end()
        await second?.client.untilEnd()
        for (const { player, down } of sessions.slice(1)) {
          await player.peer.untilBytes(1 + down.length)
          expect(player.received.subarray(1).equals(down)).toBe(true)
        }
        expect(await first?.connection.until('finished')).toMatchObject({ end: { by: 'client', how: 'reset' } })
      }))

    it('waits for a reader that stops, of either side', () =>
      play(cipheredHold, async (stage) => {
        const { backend, connection, player } = await joined(stage, '')
        stage.decide(connection, pump(stage.transport.now()))
        const bytes = noise(5, 16 << 20)
        backend.send(bytes)
        player.send(bytes)
        for (let stop = 1; stop <= 2; stop++) {
          await player.peer.untilBytes(stop * (4 << 20))
          await backend.untilBytes(stop * (4 << 20))
          player.peer.socket.pause()
          backend.socket.pause()
          await standstill(() => stage.transport.counters(connection.id)?.bytesOut ?? -1)
          player.peer.socket.resume()
          backend.socket.resume()
        }
        await player.peer.untilBytes(1 + bytes.length)
        await backend.untilBytes(4 + bytes.length)
        expect(player.received.subarray(1).equals(bytes)).toBe(true)
        expect(backend.received.subarray(4).equals(bytes)).toBe(true)
      }))

    it('goes on in the other direction after one side has ended', () =>
      play(cipheredHold, async (stage) => {
        for (const first of ['client', 'backend'] as const) {
          const { client, backend, connection, player } = await joined(stage, '')
          stage.decide(connection, pump(stage.transport.now()))
          if (first === 'client') {
            player.send('bye')
            client.end()
            await backend.untilEnd()
            expect(backend.text).toBe('headbye')
            backend.send('answer')
            expect(await player.textOf(7)).toBe('!answer')
            backend.end()
            await client.untilEnd()
          } else {
            backend.send('bye')
            backend.end()
            await client.untilEnd()
            expect(player.text).toBe('!bye')
            player.send('answer')
            await backend.untilText('headanswer')
            client.end()
            await backend.untilEnd()
          }
          await connection.until('finished')
        }
      }))

    it('enciphers the last words of a backend that resets', () =>
      play(cipheredHold, async (stage) => {
        const { client, backend, connection, player } = await joined(stage, '')
        stage.decide(connection, pump(stage.transport.now()))
        backend.send('why')
        expect(await player.textOf(4)).toBe('!why')
        backend.reset()
        await client.untilEnd()
        client.end()
        expect(player.text).toBe('!why')
        expect((await connection.until('finished')).end).toEqual({ by: 'server', how: 'reset' })
      }))

    it('enciphers the kick that ends a parley, behind what was queued', () =>
      play(cipheredHold, async (stage) => {
        const { client, connection, player } = await joined(stage, '')
        client.socket.pause()
        const queued = noise(6, 4 << 20)
        stage.decide(connection, parley(stage.transport.now(), { toClient: queued }))
        stage.decide(connection, respondThenClose('kick'))
        client.socket.resume()
        await client.untilEnd()
        expect(player.received.equals(Buffer.concat([queued, Buffer.from('kick')]))).toBe(true)
      }))

    it('is begun once, with a key of sixteen bytes', () =>
      play(
        () => undefined,
        async (stage) => {
          const wrong: ((now: number) => Move)[] = [
            (now) => ciphered(hold(now), KEY.subarray(1)),
            (now) => withCipher(awaitMore(now)),
          ]
          for (const [index, decide] of wrong.entries()) {
            const client = await stage.client()
            const connection = await stage.connection(index)
            if (index === 1) stage.decide(connection, withCipher(hold(stage.transport.now())))
            stage.decide(connection, decide(stage.transport.now()))
            expect((await connection.until('finished')).end).toMatchObject({ by: 'gateway', how: 'error' })
            await client.untilClosed()
          }
          expect(stage.notices).toHaveLength(2)
        },
      ))

    it('does no harm to a connection that is cut in any way', () =>
      play(cipheredHold, async (stage) => {
        for (const ending of [closeInOrder, closeWithReset]) {
          const { client, backend, connection } = await joined(stage, '')
          stage.decide(connection, pump(stage.transport.now()))
          await client.untilBytes(1)
          stage.decide(connection, ending)
          await client.untilClosedOrEnd()
          await backend.untilClosedOrEnd()
          client.end()
          expect((await connection.until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
        }
      }))
  })
}

/** What cannot be read yet is known by its length. */
async function untilShownBytes(connection: Observed, bytes: number): Promise<void> {
  await poll(`${bytes} bytes shown`, () => connection.all('bytes').find((input) => input.bytes.length === bytes))
}

function withCipher(move: Move): Move {
  return ciphered(move, KEY)
}

/** Reads `login` in plain, and ciphers from then on. */
const cipheredHold: Script = (input) => {
  if (input.kind === 'accepted') return awaitMore(input.at)
  return input.kind === 'bytes' && input.bytes.length >= 5 && input.bytes[0] === 0x6c
    ? withCipher(hold(input.at, { consumed: 5 }))
    : undefined
}

/** A ciphered client whose dial stands, and about whose parley the test decides. */
async function joined(stage: Stage, early: string) {
  const server = await stage.backend()
  const client = await stage.client()
  const connection = await stage.connection(stage.clientCount - 1)
  const player = new CipheredPeer(client, KEY)
  client.send(Buffer.concat([Buffer.from('login'), player.encrypt(early)]))
  await connection.until('bytes')
  await stage.untilCounted(connection, { bytesIn: 5 + early.length, bytesOut: 0 })
  stage.decide(connection, relay(stage.transport.now(), [attempt(server.address, 'head')], { parley: true }))
  const backend = await server.peer(0)
  await backend.untilText('head')
  backend.send('!')
  await connection.until('dialled')
  return { client, backend, connection, player }
}
