import { describe, expect, it } from 'vitest'
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
import type { Backend, Peer } from './peer.ts'
import type { Play } from './play.ts'
import type { Observed } from './scripted-handler.ts'
import type { Stage } from './stage.ts'
import { poll } from './waiting.ts'

interface Scene {
  readonly stage: Stage
  readonly client: Peer
  readonly connection: Observed
  readonly backend: Backend
}

/** What can happen to a connection from any side at any time. */
const EVENTS: Readonly<Record<string, (scene: Scene) => void>> = {
  'the client sends': ({ client }) => client.send('bytes'),
  'the client ends': ({ client }) => client.end(),
  'the client resets': ({ client }) => client.reset(),
  'the backend sends': ({ backend }) => {
    for (const peer of backend.peers) if (!peer.socket.destroyed && peer.socket.writable) peer.send('bytes')
  },
  'the backend ends': ({ backend }) => {
    for (const peer of backend.peers) peer.end()
  },
  'the backend resets': ({ backend }) => {
    for (const peer of backend.peers) peer.reset()
  },
  'an answer is decided': ({ stage, connection }) => stage.decide(connection, respondThenClose('text')),
  'a close is decided': ({ stage, connection }) => stage.decide(connection, closeInOrder),
  'a reset is decided': ({ stage, connection }) => stage.decide(connection, closeWithReset),
  'a relay is decided': ({ stage, connection, backend }) =>
    stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')])),
  'a parley is decided': ({ stage, connection }) =>
    stage.decide(connection, parley(stage.transport.now(), { toClient: 'x' })),
  'a pump is decided': ({ stage, connection }) =>
    stage.decide(connection, pump(stage.transport.now(), { toServer: 'x' })),
  'a deadline passes': ({ stage, connection }) =>
    stage.decide(connection, awaitMore(stage.transport.now(), { inMs: -1 })),
  'an outdated decision arrives': ({ stage, connection }) =>
    stage.transport.decide(connection.id, { ...closeWithReset, seq: 0, consumed: 0 }),
}

/** Where a connection can be when something happens. */
const STATES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'nothing is decided': async () => {},
  'bytes are awaited': async ({ stage, connection, client }) => {
    stage.decide(connection, awaitMore(stage.transport.now()))
    client.send('x')
    await connection.until('bytes')
  },
  'it is held': async ({ stage, connection }) => stage.decide(connection, hold(stage.transport.now())),
  'an answer was given': async ({ stage, connection, client }) => {
    stage.decide(connection, respondThenAwait(stage.transport.now(), 'answer'))
    await client.untilText('answer')
  },
  'a dial has begun': async ({ stage, connection, backend }) =>
    stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')])),
  'a dial has connected': async ({ stage, connection, backend }) => {
    stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')]))
    await (await backend.peer(0)).untilText('head')
  },
  'a relay stands': async ({ stage, connection, backend, client }) => {
    stage.decide(connection, relay(stage.transport.now(), [attempt(backend.address, 'head')]))
    const peer = await backend.peer(0)
    peer.send('!')
    await client.untilText('!')
    await connection.until('dialled')
  },
  'a parley dials': async ({ stage, connection, backend }) => {
    const attempts = [attempt(backend.address, 'head')]
    stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
    await (await backend.peer(0)).untilText('head')
  },
  'a parley stands': async ({ stage, connection, backend }) => {
    const attempts = [attempt(backend.address, 'head')]
    stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
    ;(await backend.peer(0)).send('!')
    await connection.until('dialled')
  },
  'a parley goes on': async ({ stage, connection, backend }) => {
    const attempts = [attempt(backend.address, 'head')]
    stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
    ;(await backend.peer(0)).send('!')
    await connection.until('dialled')
    stage.decide(connection, parley(stage.transport.now()))
    await connection.untilServerShown('!')
  },
  'a parley has become a relay': async ({ stage, connection, backend, client }) => {
    const attempts = [attempt(backend.address, 'head')]
    stage.decide(connection, relay(stage.transport.now(), attempts, { parley: true }))
    ;(await backend.peer(0)).send('!')
    await connection.until('dialled')
    stage.decide(connection, pump(stage.transport.now()))
    await client.untilText('!')
  },
  'it is being closed': async ({ stage, connection, client }) => {
    stage.decide(connection, closeInOrder)
    await client.untilEnd()
  },
}

export function crossingCases(play: Play): void {
  describe('any two events that cross', () => {
    for (const [state, enter] of Object.entries(STATES)) {
      // Nearly all of it is waiting: each first event has a stage of its own, and they are on at the same time.
      it(`leave one accepted first and one finished last, where ${state}`, async () => {
        await Promise.all(Object.values(EVENTS).map((first) => play(() => undefined, crossed(enter, first))))
      })
    }
  })

  describe('a late decision', () => {
    it('with a number that was used already is ignored', () =>
      play(
        (input) => (input.kind === 'accepted' ? awaitMore(input.at) : undefined),
        async (stage) => {
          const client = await stage.client()
          const connection = await stage.connection()
          stage.transport.decide(connection.id, { ...closeWithReset, seq: 1, consumed: 0 })
          client.send('alive')
          await connection.untilShown('alive')
        },
      ))

    it('for a connection that is gone, or never was, is ignored', () =>
      play(
        (input) => (input.kind === 'accepted' ? closeWithReset : undefined),
        async (stage) => {
          const client = await stage.client().catch(() => undefined)
          const connection = await stage.connection()
          await connection.until('finished')
          stage.decide(connection, respondThenClose('to nobody'))
          stage.transport.decide(connection.id + 1_000_000, { ...closeWithReset, seq: 1, consumed: 0 })
          expect(stage.transport.counters(connection.id + 1_000_000)).toBeUndefined()
          expect(client?.text ?? '').toBe('')
        },
      ))

    it('that a handler makes when the client is gone already does no harm', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind === 'ended' || input.kind === 'finished') return respondThenClose('to nobody')
          return undefined
        },
        async (stage) => {
          const client = await stage.client()
          client.send('x')
          const connection = await stage.connection()
          await connection.until('bytes')
          client.reset()
          await connection.until('finished')
        },
      ))
  })

  describe('a handler that throws', () => {
    it('loses its connection and no other, and the operator is told', () =>
      play(
        (input) => {
          if (input.kind === 'accepted') return awaitMore(input.at)
          if (input.kind === 'bytes' && input.bytes[0] === 0x62) throw new Error('handler broke')
          return undefined
        },
        async (stage) => {
          const good = await stage.client()
          const bad = await stage.client()
          bad.send('b')
          await bad.untilGone()
          good.send('good')
          // A transport may tell it a little after the client has seen it.
          const finished = await poll('finished', () =>
            stage.handler.connections.find((connection) => connection.kinds.includes('finished')),
          )
          expect(finished.all('finished')[0]?.end).toMatchObject({
            by: 'gateway',
            how: 'error',
            message: expect.stringContaining('handler broke'),
          })
          expect(stage.notices.map((notice) => notice.level)).toContain('error')
          const other = stage.handler.connections.find((connection) => connection !== finished)
          await other?.untilShown('good')
        },
      ))
  })
}

/** Lets this event be followed by each, on one connection after the other. */
function crossed(enter: (scene: Scene) => Promise<void>, first: (scene: Scene) => void) {
  return async (stage: Stage): Promise<void> => {
    for (const second of Object.values(EVENTS)) {
      const backend = await stage.backend()
      const client = await stage.client()
      const connection = await stage.connection(stage.clientCount - 1)
      const scene = { stage, client, connection, backend }
      await enter(scene)
      first(scene)
      second(scene)
      // Some pairs leave it alive, and that is right; now it must die.
      stage.decide(connection, closeWithReset)
      await connection.until('finished')
      client.socket.destroy()
      await backend.close()
    }
    expect(stage.handler.connections).toHaveLength(Object.keys(EVENTS).length)
  }
}
