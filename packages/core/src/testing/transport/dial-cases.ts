import { describe, expect, it } from 'vitest'
import type { TransportFactory } from '../../entries/transport.ts'
import { attempt, awaitMore, closeInOrder, relay, respondThenClose } from './moves.ts'
import { MuteListener } from './mute-listener.ts'
import { canRunOut, runOutOfDescriptors } from './no-descriptors.ts'
import { deadAddress, hasIPv6, loopbackInterface } from './peer.ts'
import type { Play } from './play.ts'
import { ResettingListener } from './resetting-listener.ts'
import { Stage } from './stage.ts'

export function dialCases(factory: TransportFactory, play: Play): void {
  describe('a dial', () => {
    it('sends the head in the first segment, with what the client sent behind it', async () => {
      const head = `head${'h'.repeat(3000)}`
      await play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const backend = await stage.backend()
          const client = await stage.client()
          client.send('handshakerest')
          const connection = await stage.connection()
          await connection.untilShown('handshakerest')
          stage.decide(
            connection,
            relay(stage.transport.now(), [attempt(backend.address, head)], { consumed: 'handshake'.length }),
          )
          const peer = await backend.peer(0)
          await peer.untilText(`${head}rest`)
          expect(peer.firstChunk).toBe(`${head}rest`)
        },
      )
    })

    it('stands with the first byte of the backend, not with its accept', () =>
      play(
        () => undefined,
        async (stage) => {
          const backend = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')]))
          const peer = await backend.peer(0)
          await peer.untilText('head')
          client.send(' more')
          await peer.untilText('head more')
          expect(connection.kinds).toEqual(['accepted'])
          peer.send('a')
          const dialled = await connection.until('dialled')
          expect(dialled).toMatchObject({ decision: 1, attempt: 0, failures: [] })
          expect(dialled.connectMs).toBeGreaterThanOrEqual(0)
          await client.untilText('a')
        },
      ))

    it('goes on to the next attempt when one is refused, and when one accepts and closes', () =>
      play(
        () => undefined,
        async (stage) => {
          const dead = await deadAddress()
          const ending = await stage.backend((peer) => peer.end())
          const resetting = await stage.backend((peer) => peer.reset())
          const good = await stage.backend((peer) => peer.send('hello'))
          const client = await stage.client()
          const connection = await stage.connection()
          const attempts = [
            attempt(dead, 'one'),
            attempt(ending.address, 'two'),
            attempt(resetting.address, 'three'),
            attempt(good.address, 'four'),
          ]
          stage.decide(connection, relay(stage.transport.now(), attempts))
          await client.untilText('hello')
          await (await good.peer(0)).untilText('four')
          const dialled = await connection.until('dialled')
          expect(dialled.attempt).toBe(3)
          expect(dialled.failures).toMatchObject([
            { attempt: 0, cause: 'refused' },
            { attempt: 1, cause: 'closed_early' },
            { attempt: 2, cause: 'closed_early' },
          ])
          expect(dialled.failures[0]?.message).toContain('ECONNREFUSED')
        },
      ))

    it('sends the bytes that came meanwhile to the next attempt again, and the FIN behind them', () =>
      play(
        () => undefined,
        async (stage) => {
          const first = await stage.backend()
          const second = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          const attempts = [attempt(first.address, 'one:'), attempt(second.address, 'two:')]
          stage.decide(connection, relay(stage.transport.now(), attempts))
          const early = await first.peer(0)
          await early.untilText('one:')
          client.send('meanwhile')
          await early.untilText('one:meanwhile')
          client.end()
          await early.untilEnd()
          early.end()
          const late = await second.peer(0)
          await late.untilText('two:meanwhile')
          await late.untilEnd()
          late.send('answer')
          await client.untilText('answer')
          await connection.until('dialled')
          expect(connection.kinds.filter((kind) => kind !== 'bytes')).toEqual(['accepted', 'ended', 'dialled'])
          late.end()
          const finished = await connection.until('finished')
          expect(finished).toMatchObject({ bytesIn: 9, bytesOut: 6, end: { by: 'client', how: 'fin' } })
        },
      ))

    it('sends as much of the client as the replay bound until it stands, and everything then', () =>
      play(
        () => undefined,
        async (stage) => {
          const backend = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          const bytes = 'x'.repeat(300_000)
          client.send(bytes)
          stage.decide(
            connection,
            relay(stage.transport.now(), [attempt(backend.address, 'head')], { replayLimitBytes: 100 }),
          )
          const peer = await backend.peer(0)
          await peer.untilBytes(104)
          peer.send('a')
          await client.untilText('a')
          await peer.untilBytes(4 + bytes.length)
          expect(peer.text).toBe(`head${bytes}`)
        },
      ))

    it('reads and sends no more of the client than the replay bound', () =>
      play(
        () => undefined,
        async (stage) => {
          const backend = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          client.send('x'.repeat(4 << 20))
          stage.decide(
            connection,
            relay(stage.transport.now(), [attempt(backend.address, 'head')], { inMs: 300, replayLimitBytes: 1000 }),
          )
          const peer = await backend.peer(0)
          await connection.until('deadline')
          await peer.untilClosedOrEnd()
          expect(peer.receivedBytes).toBe(1004)
          // Rule 4: one read more, and a stream may hold another.
          expect(stage.transport.counters(connection.id)?.bytesIn).toBeLessThanOrEqual(1000 + 3 * 65_536)
        },
      ))

    it('that fails altogether says why each attempt did, and an answer still reaches the client', () =>
      play(
        (input) => (input.kind === 'dial-failed' ? respondThenClose('no server') : undefined),
        async (stage) => {
          const dead = await deadAddress()
          const mute = await MuteListener.listen()
          const ending = await stage.backend((peer) => peer.end())
          const client = await stage.client()
          const connection = await stage.connection()
          const attempts = [
            attempt(dead, 'head'),
            attempt(mute.address, 'head', 60),
            attempt(ending.address, 'head'),
            // TCP does not go to groups of machines: the kernel refuses without sending anything.
            attempt({ address: '224.0.0.1', port: 25565 }, 'head'),
            attempt({ address: '255.255.255.255', port: 25565 }, 'head'),
            attempt({ address: 'a name', port: 25565 }, 'head'),
            attempt({ address: '', port: 25565 }, 'head'),
            attempt({ address: '127.0.0.1', port: 65_536 }, 'head'),
          ]
          const startedAt = stage.transport.now()
          stage.decide(connection, relay(startedAt, attempts))
          const failed = await connection.until('dial-failed')
          await mute.close()
          expect(failed.decision).toBe(1)
          expect(failed.failures).toEqual([
            { attempt: 0, cause: 'refused', message: 'ECONNREFUSED' },
            { attempt: 1, cause: 'timeout', message: 'no connection after 60ms' },
            { attempt: 2, cause: 'closed_early', message: 'closed before its first byte' },
            { attempt: 3, cause: 'unreachable', message: 'ENETUNREACH' },
            { attempt: 4, cause: 'unreachable', message: 'ENETUNREACH' },
            ...[5, 6, 7].map((attempt) => ({
              attempt,
              cause: 'error',
              message: 'what was to be dialled is no IP address with a port, and no Unix socket',
            })),
          ])
          expect(failed.at - startedAt).toBeGreaterThanOrEqual(60)
          await client.untilText('no server')
          await client.untilEnd()
        },
      ))

    // Where the reset had come before the connect was noticed, the native transport called it an error, and the log asked
    // whether the address was right.
    it('that is reset fails as one that closed early, whether or not its connect was noticed before', async () => {
      const resetting = await ResettingListener.listen()
      await play(
        () => undefined,
        async (stage) => {
          const attempts = [attempt(resetting.address, ''), attempt(resetting.address, 'head')]
          const connections = []
          for (let index = 0; index < 64; index++) {
            await stage.client()
            connections.push(await stage.connection(index))
          }
          for (const connection of connections) stage.decide(connection, relay(stage.transport.now(), attempts))
          // Behind the connects, which `node:net` begins in the next tick.
          process.nextTick(() => resetting.blockUntilReset(connections.length))
          for (const connection of connections)
            expect((await connection.until('dial-failed')).failures).toMatchObject([
              { attempt: 0, cause: 'closed_early' },
              { attempt: 1, cause: 'closed_early' },
            ])
        },
      )
      await resetting.close()
    })

    if (hasIPv6) {
      // The native transport took the zone for no part of an address, and dialled no link-local server.
      it('takes the interface of a link-local address behind a percent sign', async () => {
        const six = new Stage(factory, (input) => (input.kind === 'accepted' ? respondThenClose('six') : undefined))
        const { address, port } = await six.listen('::1')
        await play(
          () => undefined,
          async (stage) => {
            const client = await stage.client()
            const to = { address: `${address}%${loopbackInterface}`, port }
            stage.decide(await stage.connection(), relay(stage.transport.now(), [attempt(to, 'head')]))
            await client.untilText('six')
          },
        )
        expect(await six.close()).toEqual([])
      })
    }

    it('without any attempt fails at once', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return relay(input.at, [])
          return input.kind === 'dial-failed' ? respondThenClose('none') : undefined
        },
        async (stage) => {
          const client = await stage.client()
          await client.untilText('none')
          const connection = await stage.connection()
          expect(connection.all('dial-failed')).toMatchObject([{ decision: 1, failures: [] }])
        },
      ))

    it('that failed leaves the bytes that came meanwhile to the next await', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          return input.kind === 'dial-failed' ? awaitMore(input.at) : undefined
        },
        async (stage) => {
          const ending = await stage.backend()
          const client = await stage.client()
          client.send('login')
          const connection = await stage.connection()
          await connection.untilShown('login')
          stage.decide(
            connection,
            relay(stage.transport.now(), [attempt(ending.address, 'login')], { consumed: 'login'.length }),
          )
          const peer = await ending.peer(0)
          client.send('more')
          await peer.untilText('loginmore')
          peer.end()
          await connection.untilShown('more')
        },
      ))

    it('is given up at the deadline, whatever its attempt is waiting for', () =>
      play(
        (input) => (input.kind === 'deadline' ? respondThenClose('too late') : undefined),
        async (stage) => {
          const silent = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          const startedAt = stage.transport.now()
          stage.decide(connection, relay(startedAt, [attempt(silent.address, 'head')], { inMs: 60 }))
          const peer = await silent.peer(0)
          await client.untilText('too late')
          await peer.untilClosedOrEnd()
          const deadline = await connection.until('deadline')
          expect(deadline.at - startedAt).toBeGreaterThanOrEqual(60)
          expect(deadline.decision).toBe(1)
          expect(connection.kinds).not.toContain('dial-failed')
        },
      ))

    it('is not ended by its connect timeout once it has connected', () =>
      play(
        () => undefined,
        async (stage) => {
          const silent = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(
            connection,
            relay(stage.transport.now(), [attempt(silent.address, 'head', 5_000)], { inMs: 600_000 }),
          )
          const peer = await silent.peer(0)
          await peer.untilText('head')
          // A second connection with a deadline of its own is the clock: its deadline lies behind the connect timeout.
          await stage.client()
          const other = await stage.connection(1)
          stage.decide(other, awaitMore(stage.transport.now(), { inMs: 5_200 }))
          await other.until('deadline')
          peer.send('still here')
          await client.untilText('still here')
        },
      ))

    it('is given up when the client is gone', () =>
      play(
        () => undefined,
        async (stage) => {
          const silent = await stage.backend()
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, relay(stage.transport.now(), [attempt(silent.address, 'head')]))
          const peer = await silent.peer(0)
          await peer.untilText('head')
          client.reset()
          await peer.untilClosedOrEnd()
          const finished = await connection.until('finished')
          expect(connection.kinds).toEqual(['accepted', 'ended', 'finished'])
          expect(finished.end).toEqual({ by: 'client', how: 'reset' })
        },
      ))

    it('is given up by another decision, in whatever state its attempt is', async () => {
      const mute = await MuteListener.listen()
      await play(
        () => undefined,
        async (stage) => {
          const silent = await stage.backend()
          const clients = [await stage.client(), await stage.client()]
          const connecting = await stage.connection(0)
          const waiting = await stage.connection(1)
          stage.decide(connecting, relay(stage.transport.now(), [attempt(mute.address, 'head')]))
          stage.decide(waiting, relay(stage.transport.now(), [attempt(silent.address, 'head')]))
          const peer = await silent.peer(0)
          stage.decide(connecting, respondThenClose('cut'))
          stage.decide(waiting, respondThenClose('cut'))
          for (const client of clients) {
            await client.untilText('cut')
            await client.untilEnd()
            client.end()
          }
          await peer.untilClosedOrEnd()
          for (const connection of [connecting, waiting])
            expect((await connection.until('finished')).end).toEqual({ by: 'gateway', how: 'closed' })
        },
      )
      await mute.close()
    })

    it('may be ended by the handler as it stands, whether or not its first bytes were passed on', () =>
      play(
        (input) => (input.kind === 'dialled' ? closeInOrder : undefined),
        async (stage) => {
          const backend = await stage.backend((peer) => peer.send('hello'))
          const client = await stage.client()
          const connection = await stage.connection()
          stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')]))
          await client.untilEnd()
          client.end()
          await (await backend.peer(0)).untilClosedOrEnd()
          await connection.until('finished')
          expect(['', 'hello']).toContain(client.text)
        },
      ))

    // A backend that could not even be dialled was told to be dead: players read that it cannot be reached, and the log
    // asked whether its address was right.
    if (canRunOut) {
      it('blames no backend where there is no descriptor left, and succeeds when there is one again', () =>
        play(
          () => undefined,
          async (stage) => {
            const backend = await stage.backend((peer) => peer.send('hello'))
            const client = await stage.client()
            client.send('x')
            const connection = await stage.connection()
            const giveBack = await runOutOfDescriptors()
            try {
              const attempts = [attempt(backend.address, 'one'), attempt(backend.address, 'two')]
              stage.decide(connection, relay(stage.transport.now(), attempts))
              expect((await connection.until('dial-failed')).failures).toEqual([
                { attempt: 0, cause: 'exhausted', message: 'EMFILE' },
                { attempt: 1, cause: 'exhausted', message: 'EMFILE' },
              ])
            } finally {
              await giveBack()
            }
            stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'three')]))
            await client.untilText('hello')
            await (await backend.peer(0)).untilText('threex')
          },
        ))
    }
  })
}
