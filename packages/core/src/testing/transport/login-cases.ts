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
import type { Backend, Peer } from './peer.ts'
import { deadAddress } from './peer.ts'
import type { Play } from './play.ts'
import { type Move, type Observed, type Script, textOf } from './scripted-handler.ts'
import type { Stage } from './stage.ts'

const KEY = Buffer.from('0123456789abcdef')

/**
 * Logins as a proxy that authenticates leads them, with words for packets: a packet is a word and a semicolon. They are
 * what parley and cipher are for, from the first byte to the relay.
 */
export function loginCases(play: Play): void {
  describe('a login', () => {
    it('is authenticated and ciphered, led for the client at the backend, and becomes a relay', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const { player, connection } = await authenticated(stage, server)
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('query;')
        await backend.untilText('start;answer;')
        backend.send('compression;success;')
        await player.peer.untilBytes('request;compression;success;'.length)
        expect(player.text).toBe('request;compression;success;')
        backend.send('play')
        player.send('acknowledged')
        await backend.untilText('start;answer;acknowledged')
        expect(await player.textOf('request;compression;success;play'.length)).toBe('request;compression;success;play')
        expect(connection.kinds).not.toContain('finished')
      }))

    it('is the same however the frames of the backend are cut', async () => {
      const frames = 'query;compression;success;play'
      for (let cut = 1; cut < frames.length; cut++)
        await play(authenticate, async (stage) => {
          const server = await stage.backend()
          const { player, connection } = await authenticated(stage, server)
          const backend = await server.peer(0)
          await backend.untilText('start;')
          backend.send(frames.slice(0, cut))
          await connection.until('dialled')
          backend.send(frames.slice(cut))
          const sent = 'request;compression;success;play'
          expect(await player.textOf(sent.length)).toBe(sent)
          await backend.untilText('start;answer;')
        })
    })

    it('passes a frame on in pieces that is larger than what is read at once', () =>
      play(
        (input) => {
          if (input.kind === 'dialled') return parley(input.at, { maxServerBytes: 4096 })
          if (input.kind !== 'server-bytes') return undefined
          const isLast = input.bytes.at(-1) === 0x3b
          const all = { fromServer: input.bytes.length, toClient: input.bytes, maxServerBytes: 4096 }
          return isLast ? pump(input.at, all) : parley(input.at, all)
        },
        async (stage) => {
          const frame = `${'registry'.repeat(40_000)};`
          const { client, backend } = await dialledTo(stage)
          backend.send(frame)
          await client.untilText(frame)
          backend.send('play')
          await client.untilText(`${frame}play`)
        },
      ))

    it('keeps what the client says before the dial for the backend', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const { player } = await authenticated(stage, server, 'early;')
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('query;')
        await backend.untilBytes('start;early;answer;'.length)
        expect(backend.text.startsWith('start;')).toBe(true)
        expect(backend.text).toContain('early;')
        backend.send('success;')
        expect(await player.textOf('request;success;'.length)).toBe('request;success;')
      }))

    it('that no backend answers ends with a text, ciphered', () =>
      play(authenticate, async (stage) => {
        const { player } = await authenticated(stage, await deadAddress())
        await player.peer.untilEnd()
        expect(player.text).toBe('request;kick;')
      }))

    it('goes to the second address, which gets its own head only, when the first closes early', () =>
      play(
        (input) => (input.kind === 'dialled' ? pump(input.at) : undefined),
        async (stage) => {
          const closing = await stage.backend((peer) => peer.end())
          const good = await stage.backend((peer) => peer.send('success;'))
          const client = await stage.client()
          client.send('early')
          const connection = await stage.connection()
          const attempts = [attempt(closing.address, 'start one;'), attempt(good.address, 'start two;')]
          stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
          await client.untilText('success;')
          await (await good.peer(0)).untilText('start two;early')
        },
      ))

    it('is told what the backend says when it refuses', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const { player, connection } = await authenticated(stage, server)
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('disconnect;')
        backend.end()
        await player.peer.untilEnd()
        expect(player.text).toBe('request;disconnect;')
        await backend.untilClosedOrEnd()
        player.peer.end()
        await connection.until('finished')
      }))

    it('ends with a text when the backend goes away after its first byte, however', () =>
      play(authenticate, async (stage) => {
        for (const how of ['end', 'reset'] as const) {
          const server = await stage.backend()
          const { player, connection } = await authenticated(stage, server)
          const backend = await server.peer(0)
          await backend.untilText('start;')
          backend.send('query;')
          await backend.untilText('start;answer;')
          backend[how]()
          await player.peer.untilEnd()
          expect(player.text).toBe('request;down;')
          player.peer.end()
          expect((await connection.until('finished')).end).toEqual({ by: 'server', how: how === 'end' ? 'fin' : how })
        }
      }))

    it('ends when the player leaves, however', () =>
      play(authenticate, async (stage) => {
        for (const how of ['end', 'reset'] as const) {
          const server = await stage.backend()
          const { player, connection } = await authenticated(stage, server)
          const backend = await server.peer(0)
          await backend.untilText('start;')
          backend.send('query;')
          await backend.untilText('start;answer;')
          player.peer[how]()
          await backend.untilClosedOrEnd()
          const finished = await connection.until('finished')
          expect(finished.end).toEqual({ by: 'client', how: how === 'end' ? 'fin' : how })
        }
      }))

    it('that is banned in the middle reads a kick, ciphered, behind what was sent before', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const { player, connection } = await authenticated(stage, server)
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('compression;')
        await player.peer.untilBytes('request;compression;'.length)
        stage.decide(connection, respondThenClose('kick;'))
        await player.peer.untilEnd()
        expect(player.text).toBe('request;compression;kick;')
        await backend.untilClosedOrEnd()
      }))

    it('that the backend leaves unanswered ends at its deadline with a text', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const { player, connection } = await authenticated(stage, server)
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('slow;')
        await player.peer.untilEnd()
        expect(player.text).toBe('request;late;')
        expect(connection.all('deadline')).toHaveLength(1)
      }))

    it('of a client that sends too much while it is asked about is reset', () =>
      play(authenticate, async (stage) => {
        const client = await stage.client()
        const player = new CipheredPeer(client, KEY, 'request;'.length)
        client.send('login;')
        await client.untilText('request;')
        client.send(Buffer.concat([Buffer.from('secret;'), player.encrypt('x'.repeat(2_000))]))
        await client.untilError()
        expect((await (await stage.connection()).until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
      }))

    it('without authentication begins with the dial', () =>
      play(authenticate, async (stage) => {
        const server = await stage.backend()
        const client = await stage.client()
        const connection = await stage.connection()
        stage.decide(connection, relayTo(stage, server.address))
        const backend = await server.peer(0)
        await backend.untilText('start;')
        backend.send('query;compression;success;play')
        await backend.untilText('start;answer;')
        await client.untilText('compression;success;play')
        client.send('acknowledged')
        await backend.untilText('start;answer;acknowledged')
      }))

    it('that waits for a server is kept alive by questions, whose answers reach nobody', () =>
      play(
        (input) => {
          switch (input.kind) {
            case 'accepted':
              return awaitMore(input.at, { inMs: 100 })
            case 'deadline':
              return respondThenAwait(input.at, 'are you there;')
            case 'bytes':
              return textOf(input.bytes) === 'what;' ? awaitMore(input.at, { consumed: 5 }) : undefined
            case 'dialled':
              return pump(input.at)
            default:
              return undefined
          }
        },
        async (stage) => {
          const server = await stage.backend((peer) => peer.send('success;'))
          const client = await stage.client()
          await client.untilText('are you there;')
          client.send('what;')
          const connection = await stage.connection()
          await connection.untilShown('what;')
          stage.decide(connection, relayTo(stage, server.address))
          await client.untilText('are you there;success;')
          expect((await server.peer(0)).text).toBe('start;')
        },
      ))
  })
}

/** What a proxy that authenticates decides; the test settles its wait by deciding the relay. */
const authenticate: Script = (input, connection) => {
  switch (input.kind) {
    case 'accepted':
      return awaitMore(input.at)
    case 'bytes':
      return fromClient(input, connection)
    case 'dialled':
      return parley(input.at, { inMs: 60_000 })
    case 'server-bytes':
      return fromServer(input)
    case 'dial-failed':
      return respondThenClose('kick;')
    case 'server-ended':
      return respondThenClose('down;')
    case 'deadline':
      return respondThenClose('late;')
    case 'ended':
      return input.how === 'fin' ? closeInOrder : undefined
    case 'overrun':
      return closeWithReset
    default:
      return undefined
  }
}

function fromClient({ at, bytes }: { at: number; bytes: Uint8Array }, connection: Observed): Move | undefined {
  const text = textOf(bytes)
  if (text.startsWith('login;')) return respondThenAwait(at, 'request;', { consumed: 6, maxBytes: 600 })
  if (text.startsWith('secret;')) return ciphered(hold(at, { consumed: 7 }), KEY)
  const isParleying = connection.kinds.includes('dialled')
  const whole = text.lastIndexOf(';') + 1
  return isParleying && whole > 0 ? parley(at, { consumed: whole, toServer: text.slice(0, whole) }) : undefined
}

function fromServer({ at, bytes }: { at: number; bytes: Uint8Array }): Move | undefined {
  const text = textOf(bytes)
  const end = text.indexOf(';') + 1
  if (end === 0) return undefined
  const frame = text.slice(0, end)
  switch (frame) {
    case 'query;':
      return parley(at, { fromServer: end, toServer: 'answer;' })
    case 'success;':
      return pump(at)
    case 'disconnect;':
      return respondThenClose(frame)
    case 'slow;':
      return parley(at, { fromServer: end, inMs: 60 })
    default:
      return parley(at, { fromServer: end, toClient: frame })
  }
}

/** A client that has given its secret, about whom a question is under way: and then its dial has begun. */
async function authenticated(stage: Stage, to: Backend | Backend['address'], early = '') {
  const client = await stage.client()
  const connection = await stage.connection(stage.clientCount - 1)
  const player = new CipheredPeer(client, KEY, 'request;'.length)
  client.send('login;')
  await client.untilText('request;')
  client.send(Buffer.concat([Buffer.from('secret;'), player.encrypt(early)]))
  await connection.until('bytes', 1)
  await stage.untilCounted(connection, { bytesIn: 13 + early.length, bytesOut: 8 })
  stage.decide(connection, relayTo(stage, 'peers' in to ? to.address : to))
  return { player, connection }
}

function relayTo(stage: Stage, address: Parameters<typeof attempt>[0]): Move {
  return relay(stage.transport.now(), [attempt(address, 'start;')], { parley: true })
}

async function dialledTo(stage: Stage): Promise<{ client: Peer; backend: Peer }> {
  const server = await stage.backend()
  const client = await stage.client()
  stage.decide(await stage.connection(), relayTo(stage, server.address))
  const backend = await server.peer(0)
  await backend.untilText('start;')
  return { client, backend }
}
