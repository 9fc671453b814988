import { encodeStatusResponse } from '@infrarust/minecraft'
import { describe, expect, it, vi } from 'vitest'
import type { Policy } from '../../src/entries/policy.ts'
import type { Endpoints } from '../../src/names/backend-names.ts'
import type { Route } from '../../src/router/routing-table.ts'
import type { StatusDecision, StatusSource } from '../../src/status/status-source.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, jsonIn, legacyText, loginStart, PING, ping16, STATUS_REQUEST } from './packets.ts'
import { Simulation } from './simulation.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const STATUS = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST])
const A = serverTo('a', ['a.example.com'], 1)

/** What a connection waits for, settled by hand. */
class Waiting {
  #promise = Promise.withResolvers<void>()
  readonly abandoned = vi.fn()

  get done(): Promise<void> {
    return this.#promise.promise
  }

  async settle(): Promise<void> {
    this.#promise.resolve()
    this.#promise = Promise.withResolvers()
    await Promise.resolve()
    await Promise.resolve()
  }
}

describe('a connection that waits for the first list of a provider', () => {
  function simulate(
    waiting: Waiting,
    after: Route,
    policies: readonly Policy[] = [],
  ): [Simulation, () => Promise<void>] {
    let route: Route = { kind: 'not-ready' }
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [],
      policies,
      surroundings: { routes: { route: () => route, nextTable: () => waiting.done } },
    })
    return [
      simulation,
      () => {
        route = after
        return waiting.settle()
      },
    ]
  }

  it('goes to its server when it comes', async () => {
    const [simulation, speak] = simulate(new Waiting(), { kind: 'server', server: A })
    const client = simulation.accept().send(LOGIN)
    expect(client.decision).toMatchObject({ kind: 'hold', deadlineAt: simulation.now + 5_000 })
    simulation.advance(2_000)
    await speak()
    expect(client.head()).toEqual(LOGIN)
    client.dialled().finish({ by: 'client', how: 'fin' })
    expect(client.record).toMatchObject({ server: 'a', ms: { hold: 2_000 } })
  })

  it('asks the policies about the player and the server that it then has', async () => {
    const asked: string[] = []
    const policy: Policy = {
      name: 'test',
      admitToServer: (_, __, server) => void asked.push(`server ${server?.id}`),
      admitPlayer: (_, player, server) => void asked.push(`player ${player.name} to ${server?.id}`),
    }
    const [simulation, speak] = simulate(new Waiting(), { kind: 'server', server: A }, [policy])
    simulation.accept().send(LOGIN)
    expect(asked).toEqual([])
    await speak()
    expect(asked).toEqual(['server a', 'player Steve to a'])
  })

  it('learns that nobody has its name', async () => {
    const [simulation, speak] = simulate(new Waiting(), { kind: 'none' })
    const client = simulation.accept().send(LOGIN)
    await speak()
    expect(client.record).toMatchObject({ reason: 'unknown_domain' })
  })

  it('waits five seconds in all, however often there is another table', async () => {
    const [simulation, speak] = simulate(new Waiting(), { kind: 'not-ready' })
    const client = simulation.accept().send(LOGIN)
    for (let count = 0; count < 4; count++) {
      simulation.advance(1_000)
      await speak()
    }
    expect(client.isFinished).toBe(false)
    simulation.advance(1_000)
    expect(client.record).toMatchObject({ reason: 'starting', ms: { hold: 5_000 } })
    expect(jsonIn(client.received)).toBe('This server is starting. Try again in a moment.')
  })
})

describe('a connection that waits for a name', () => {
  function simulate(
    waiting: Waiting,
    policies: readonly Policy[] = [],
  ): [Simulation, (answer: Endpoints) => Promise<void>] {
    let endpoints: Endpoints = { kind: 'pending', done: waiting.done }
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [A],
      policies,
      surroundings: { endpoints: { of: () => endpoints } },
    })
    return [
      simulation,
      (answer) => {
        endpoints = answer
        return waiting.settle()
      },
    ]
  }
  const ready: Endpoints = { kind: 'ready', endpoints: [{ host: 'backend', port: 7, address: '10.0.0.1' }] }

  it('dials when it is known, and the record has the name', async () => {
    const [simulation, answer] = simulate(new Waiting())
    const client = simulation.accept().trickle(LOGIN)
    await answer(ready)
    expect(client.head()).toEqual(LOGIN)
    expect(client.dialled().finish({ by: 'server', how: 'fin' }).record).toMatchObject({ endpoint: 'backend:7' })
  })

  it('is told that there is none', async () => {
    const [simulation, answer] = simulate(new Waiting())
    const client = simulation.accept().send(LOGIN)
    await answer({ kind: 'failed', message: 'backend: ENOTFOUND' })
    expect(client.record).toMatchObject({ reason: 'server_down' })
    expect(simulation.errors).toEqual(['server "a": backend: ENOTFOUND'])
  })

  it('waits two seconds', () => {
    const [simulation] = simulate(new Waiting())
    const client = simulation.accept().send(LOGIN)
    simulation.advance(2_000)
    expect(client.record).toMatchObject({ reason: 'server_down' })
  })

  it('is found by a ban that lands meanwhile', async () => {
    let isBanned = false
    const policy: Policy = { name: 'bans', recheck: () => (isBanned ? { reason: 'banned' } : undefined) }
    const [simulation, answer] = simulate(new Waiting(), [policy])
    const client = simulation.accept().send(LOGIN)
    isBanned = true
    await answer(ready)
    expect(client.record).toMatchObject({ reason: 'banned', player: 'Steve' })
    expect(jsonIn(client.received)).toBe('You are banned.')
  })

  it('ends when it sends more than is kept', () => {
    const [simulation] = simulate(new Waiting())
    const client = simulation.accept().send(LOGIN)
    client.feed({ kind: 'overrun', at: simulation.now, decision: client.decision?.seq ?? 0 })
    expect(client.record).toMatchObject({ reason: 'overrun' })
  })

  it('gets its answer although its own side has ended, and none when it is gone', async () => {
    const [simulation, answer] = simulate(new Waiting())
    const ended = simulation.accept().send(LOGIN).end()
    const gone = simulation.accept().send(LOGIN).end('reset')
    await answer(ready)
    expect(ended.head()).toEqual(LOGIN)
    expect(gone.record).toMatchObject({ reason: 'client_reset' })
    expect(gone.decision?.kind).toBe('hold')
  })
})

describe('a status that is fetched', () => {
  const json = JSON.stringify({ version: { name: '1.21', protocol: 767 }, description: 'Hello' })

  function simulate(decision: () => StatusDecision): Simulation {
    const statuses: StatusSource = { ask: decision }
    return new Simulation({ listener: listenerConfig(), servers: [A], changes: { statuses } })
  }

  it('is answered at once where it is known, with the ping behind it', () => {
    for (const way of ['send', 'trickle'] as const) {
      const client = simulate(() => ({ kind: 'answer', json }))
        .accept()
        [way](STATUS, PING)
      expect(jsonIn(client.received.subarray(0, -PING.length))).toEqual(JSON.parse(json))
      expect(client.received.subarray(-PING.length)).toEqual(PING)
      expect(client.record).toMatchObject({ reason: 'answered', server: 'a' })
    }
  })

  it('is waited for, and the ping that came behind the request is answered', async () => {
    for (const cutAt of [STATUS.length, STATUS.length + 4, STATUS.length + PING.length]) {
      const waiting = new Waiting()
      let decision: StatusDecision = { kind: 'pending', done: waiting.done, abandon: waiting.abandoned }
      const bytes = Buffer.concat([STATUS, PING])
      const client = simulate(() => decision)
        .accept()
        .send(bytes.subarray(0, cutAt))
        .send(bytes.subarray(cutAt))
      decision = { kind: 'answer', json }
      await waiting.settle()
      expect(client.received.subarray(-PING.length)).toEqual(PING)
      expect(client.record).toMatchObject({ reason: 'answered' })
      expect(waiting.abandoned).not.toHaveBeenCalled()
    }
  })

  it('is abandoned when nobody waits any more', () => {
    for (const leave of ['reset', 'cut', 'drain', 'deadline'] as const) {
      const waiting = new Waiting()
      const simulation = simulate(() => ({ kind: 'pending', done: waiting.done, abandon: waiting.abandoned }))
      const client = simulation.accept().send(STATUS)
      if (leave === 'reset') client.end('reset')
      if (leave === 'cut') simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'kicked' })
      if (leave === 'drain') simulation.gateway.drain()
      if (leave === 'deadline') simulation.advance(5_000)
      expect(waiting.abandoned).toHaveBeenCalledTimes(1)
    }
  })

  it('that failed is a status that says so', () => {
    const client = simulate(() => ({ kind: 'down' }))
      .accept()
      .send(STATUS)
    expect(jsonIn(client.received)).toMatchObject({ description: 'a cannot be reached right now.' })
    expect(client.send(PING).record).toMatchObject({ reason: 'server_down' })
  })

  it('waits for the ping no longer than a status may take', () => {
    const simulation = simulate(() => ({ kind: 'answer', json }))
    const client = simulation.accept().send(STATUS)
    simulation.advance(5_000)
    expect(client.record).toMatchObject({ reason: 'answered', ms: { answer: 5_000 } })
  })

  it('is shown to a 1.6 client in its own form', () => {
    const client = simulate(() => ({ kind: 'answer', json }))
      .accept()
      .send(ping16('a.example.com'))
    expect(legacyText(client.received)).toBe('§1\x00767\x001.21\0Hello\x000\x000')
    expect(client.record).toMatchObject({ reason: 'answered', intent: 'legacy_status' })
  })

  it('has behind it what a mod has appended to its server’s', () => {
    const rest = Buffer.from('appended')
    const client = simulate(() => ({ kind: 'answer', json, rest }))
      .accept()
      .send(STATUS)
    expect(client.received).toEqual(Buffer.from(encodeStatusResponse(json, rest)))
  })

  // It was closed without a word, as that of a server that is down.
  it.each(['{"description":', '[]', '{}'])(
    'that cannot be read is an answer to a legacy client, too: %s',
    (unreadable) => {
      const client = simulate(() => ({ kind: 'answer', json: unreadable }))
        .accept()
        .send(ping16('a.example.com'))
      const [mark, , ...shown] = legacyText(client.received).split('\0')
      expect([mark, ...shown]).toEqual(['§1', '', '', '0', '0'])
      expect(client.record).toMatchObject({ reason: 'answered' })
    },
  )
})
