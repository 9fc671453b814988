import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import {
  type GatewayWake,
  type JoinAnswer,
  PowerError,
  type PowerState,
  type ServerPower,
} from '@infrarust/core/server-power'
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, ServerManager } from '../src/index.ts'

const WAKE: GatewayWake = { allow: [], wait: 'hold', perClient: 3, maxStarting: 2, maxWaiting: 256 }

/** The time in the hands of the test. */
class TestClock implements Clock {
  #now = 1_000
  readonly #timers = new Set<{ readonly moment: number; readonly then: () => void }>()

  now(): number {
    return this.#now
  }

  epoch(): number {
    return 1_700_000_000_000 + this.#now
  }

  at(moment: number, then: () => void): () => void {
    const timer = { moment, then }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** With all that is under way done in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const [next] = [...this.#timers].filter(({ moment }) => moment <= end).sort((a, b) => a.moment - b.moment)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.moment)
      next.then()
      await settled()
    }
    this.#now = end
  }
}

/** Everything that waits for promises alone has been done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Servers whose power the test holds in its hands, up as soon as they are started unless told otherwise. */
class World {
  readonly clock = new TestClock()
  readonly notices: string[] = []
  readonly states = new Map<string, PowerState>()
  readonly starts: string[] = []
  readonly closed: string[] = []
  readonly folder: string
  isSlow = false
  /** How often any of them was asked for its state, and by a list ping. */
  asked = 0
  pinged = 0
  /** What was told, in order. */
  readonly phases: string[] = []
  readonly manager: ServerManager
  #id = 0

  constructor(wake: Partial<GatewayWake> = {}, folder = mkdtempSync(join(tmpdir(), 'infrarust-manager-'))) {
    this.folder = folder
    folders.push(folder)
    this.manager = new ServerManager({
      wake: { ...WAKE, ...wake },
      types: [{ type: 'command', codeFolder: '', open: ({ start }, { server }) => this.#power(server.id, start) }],
      stateFolder: folder,
      baseDir: folder,
      notice: ({ message }) => this.notices.push(message),
      clock: this.clock,
      cameUp: () => undefined,
      phaseChanged: ({ id }, from, phase) => this.phases.push(`${id} ${from} ${phase}`),
      ping: async (server) => {
        this.pinged++
        const isUp = !this.isSlow && this.states.get(server.id) === 'running'
        return { isUp, players: 0, status: { kind: 'failed', message: '' } }
      },
    })
  }

  /** Another power than that of `a` says by which it was started. */
  #power(id: string, [by = 'a']: readonly string[] = []): ServerPower {
    return {
      state: async () => {
        this.asked++
        if (by === 'denied') throw new PowerError('denied', 'the key is wrong')
        return { state: this.states.get(id) ?? 'stopped' }
      },
      start: async () => {
        this.starts.push(by === 'a' ? id : `${id} by ${by}`)
        this.states.set(id, 'running')
      },
      stop: async () => void this.states.set(id, 'stopped'),
      close: async (why) => void this.closed.push(`${id} ${why}`),
    }
  }

  async serve(...servers: readonly Server[]): Promise<void> {
    this.manager.useServers(servers)
    await this.clock.advance(0)
  }

  join(
    serverId: string,
    client = '203.0.113.7',
    name = 'Steve',
    id = ++this.#id,
  ): JoinAnswer & { readonly id: number } {
    const player = { name, claimedUuid: undefined }
    return { ...this.manager.join({ id, serverId, client, player, canWait: true }), id }
  }

  leave(id: number, relay?: number): void {
    this.manager.released({ id }, { reason: 'client_closed', ms: { relay } })
  }

  phase(id: string): string | undefined {
    return this.manager.sight(id)?.phase
  }
}

function server(
  id: string,
  changes: { readonly manager?: object; readonly wake?: object; readonly more?: object } = {},
): Server {
  const manager = { type: 'command', start: ['a'], stop: ['b'], min_online: '0s', ...changes.manager }
  const values = {
    domains: [`${id}.example.com`],
    addresses: ['10.0.0.1:1'],
    server_manager: manager,
    wake: changes.wake ?? {},
    ...changes.more,
  }
  const read = validateServer({ key: id, source: `servers/${id}.toml`, values }, 'file', 'operator')
  if (!('server' in read)) throw new Error(JSON.stringify(read))
  return read.server
}

describe('servers that sleep', () => {
  it('are started once for all who want in, who are then told to ask again', async () => {
    const world = new World()
    await world.serve(server('a'))
    expect(world.phase('a')).toBe('sleeping')
    const answers = [world.join('a'), world.join('a', '203.0.113.8'), world.join('a', '203.0.113.9')]
    expect(answers.map(({ kind }) => kind)).toEqual(['wait', 'wait', 'wait'])
    const done = Promise.all(answers.map((answer) => (answer.kind === 'wait' ? answer.done : undefined)))
    await world.clock.advance(0)
    await done
    expect(world.starts).toEqual(['a'])
    for (const { id } of answers) expect(world.join('a', '203.0.113.7', 'Steve', id).kind).toBe('up')
  })
  it('are left alone where they have no manager', async () => {
    const world = new World()
    const unmanaged = validateServer(
      { key: 'b', source: 'x', values: { domains: ['b.example.com'], addresses: ['10.0.0.1:1'] } },
      'file',
    )
    await world.serve(...('server' in unmanaged ? [unmanaged.server] : []))
    expect(world.join('b').kind).toBe('up')
    expect(world.manager.list()).toEqual([])
  })
  it('start no more than two at once; the others wait in line, and say where', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a'), server('b'), server('c'), server('d'))
    for (const id of ['a', 'b', 'c', 'd']) world.join(id, `203.0.113.${id.charCodeAt(0)}`)
    await world.clock.advance(0)
    expect(world.starts).toEqual(['a', 'b'])
    expect(world.manager.sight('d')).toMatchObject({ phase: 'starting', position: 2 })
    world.isSlow = false
    await world.clock.advance(1_000)
    expect(world.starts).toEqual(['a', 'b', 'c', 'd'])
  })
  it('let one client cause three starts an hour, and one whom [wake] names as many as they like', async () => {
    const world = new World({ allow: [] })
    await world.serve(server('a', { manager: { shutdown_after: '1s', count: 'sessions' } }))
    const kinds: string[] = []
    for (let round = 0; round < 4; round++) {
      const answer = world.join('a')
      kinds.push(answer.kind === 'refused' ? answer.reason : answer.kind)
      await world.clock.advance(10)
      world.leave(answer.id, 70_000)
      await world.clock.advance(10_000)
      expect(world.phase('a')).toBe('sleeping')
    }
    expect(kinds).toEqual(['wait', 'wait', 'wait', 'wake_refused'])
    expect(world.join('a', '203.0.113.8').kind).toBe('wait')
    await world.clock.advance(3_600_000)
    expect(world.join('a').kind).not.toBe('refused')
  })
  // One scanner could wake each of a hundred servers three times, and so lock all of them for everybody.
  it('are counted together for one client, and a server with a limit of its own apart', async () => {
    const world = new World({ maxStarting: 9 })
    await world.serve(server('a'), server('b'), server('c'), server('d'), server('e', { wake: { per_client: 1 } }))
    const kinds: string[] = []
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      kinds.push(world.join(id, '2001:db8::7').kind)
      await world.clock.advance(1_000)
    }
    expect(kinds).toEqual(['wait', 'wait', 'wait', 'refused', 'wait'])
    expect(world.join('d', '2001:db8::8').kind).toBe('refused')
    expect(world.join('d', '2001:db8:0:1::8').kind).toBe('wait')
  })
  // Who was impatient while it stopped, or waited for its turn, could not wake it for an hour, although nothing was started.
  it.each(['hold', 'kick'])('count a client who comes again before it is started once: wait = "%s"', async (wait) => {
    const world = new World({ maxStarting: 1 })
    await world.serve(server('a'), server('b', { wake: { wait } }))
    world.isSlow = true
    world.join('a', '203.0.113.8')
    await world.clock.advance(10)
    for (let round = 0; round < 6; round++) {
      const { id, ...answer } = world.join('b')
      expect(answer).toMatchObject(wait === 'hold' ? { kind: 'wait' } : { reason: 'starting' })
      if (answer.kind === 'wait') answer.abandon()
      world.leave(id)
      await world.clock.advance(100)
    }
    expect(world.notices.filter((line) => line.includes('"b" is woken by'))).toHaveLength(1)
    expect(world.starts).toEqual(['a'])
  })
  it('count a start that was ordered, whoever has woken it before', async () => {
    const world = new World({ perClient: 1 })
    await world.serve(server('a', { manager: { shutdown_after: '1s', count: 'sessions' } }))
    const { id } = world.join('a')
    await world.clock.advance(10)
    world.leave(id, 70_000)
    await world.clock.advance(10_000)
    expect(world.phase('a')).toBe('sleeping')
    expect(world.join('a')).toMatchObject({ reason: 'wake_refused' })
  })
  // They asked again at once, and woke what the operator had just stopped.
  it('send away who waits when their operator stops them, and let in who comes later', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a'))
    const first = world.join('a')
    await world.clock.advance(3_000)
    world.manager.operator('a', 'stop')
    if (first.kind === 'wait') await first.done
    const refused = { kind: 'refused', reason: 'wake_failed', detail: 'It was stopped by its operator.' }
    expect(world.join('a', '203.0.113.7', 'Steve', first.id)).toMatchObject(refused)
    world.leave(first.id)
    await world.clock.advance(60_000)
    expect(world.phase('a')).toBe('sleeping')
    expect(world.starts).toEqual(['a'])
    world.isSlow = false
    expect(world.join('a').kind).toBe('wait')
    await world.clock.advance(3_000)
    expect(world.phase('a')).toBe('online')
  })
  it('that were woken three times in vain are woken by those alone whom [wake] names, for an hour, and over a restart', async () => {
    const changes = { manager: { shutdown_after: '1s', count: 'sessions' } }
    const world = new World({ perClient: 0 })
    await world.serve(server('a', changes))
    for (let round = 0; round < 3; round++) {
      const { id } = world.join('a', `203.0.113.${round}`, `Scanner${round}`)
      await world.clock.advance(10)
      world.leave(id, 5_000)
      await world.clock.advance(10_000)
    }
    expect(world.notices.join('\n')).toContain(
      'server "a" was woken 3 times in a row and nobody stayed for a minute: for an hour only those in [wake] allow wake it; it was woken by Scanner0 (203.0.113.0), Scanner1 (203.0.113.1), Scanner2 (203.0.113.2)',
    )
    expect(world.join('a')).toMatchObject({ kind: 'refused', reason: 'wake_refused' })
    const next = new World({}, world.folder)
    await next.serve(server('a', changes))
    expect(next.join('a')).toMatchObject({ kind: 'refused', reason: 'wake_refused' })
    // The two clocks do not begin together.
    await next.clock.advance(3_700_000)
    expect(next.join('a').kind).toBe('wait')
  })
  // Their ends come after the server's: three evenings in play, each ended by the operator, had locked everybody out.
  it('were not woken in vain while somebody is still in play, and say why they are stopped', async () => {
    const world = new World({ perClient: 0 })
    await world.serve(server('a'))
    for (let round = 0; round < 4; round++) {
      const { id, kind } = world.join('a')
      expect(kind).toBe('wait')
      await world.clock.advance(600_000)
      world.manager.operator('a', 'stop')
      world.leave(id, 600_000)
      await world.clock.advance(10_000)
      expect(world.phase('a')).toBe('sleeping')
    }
    expect(world.notices).toContain('server "a" is stopped: its operator has said so')
    expect(world.notices.join('\n')).not.toContain('nobody stayed')
  })
  it('keep four of one client waiting, no more than max_waiting and max_players, and tell the others to come back', async () => {
    const world = new World({ maxWaiting: 6 })
    world.isSlow = true
    await world.serve(server('a'), server('b', { more: { max_players: 1 } }), server('c'))
    const kinds = (answers: readonly JoinAnswer[]): readonly string[] => answers.map(({ kind }) => kind)
    expect(kinds(Array.from({ length: 5 }, () => world.join('a')))).toEqual(['wait', 'wait', 'wait', 'wait', 'refused'])
    expect(kinds([world.join('b', '203.0.113.8'), world.join('b', '203.0.113.9')])).toEqual(['wait', 'refused'])
    expect(kinds([world.join('c', '203.0.113.10'), world.join('c', '203.0.113.11')])).toEqual(['wait', 'refused'])
  })
  // Each address of a network counted for itself, and one machine has more of them than max_waiting.
  it('keep four of one IPv6 network waiting', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a'))
    const kinds = Array.from({ length: 5 }, (_, index) => world.join('a', `2001:db8::${index + 1}`).kind)
    expect(kinds).toEqual(['wait', 'wait', 'wait', 'wait', 'refused'])
    expect(world.join('a', '2001:db8:0:1::1').kind).toBe('wait')
  })
  it('that failed to start are not tried again before their cooldown is over', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a', { manager: { start_timeout: '5s', cooldown: '30s' } }))
    const first = world.join('a')
    const settledWith = first.kind === 'wait' ? Promise.resolve(first.done).then(() => 'settled') : undefined
    await world.clock.advance(5_000)
    expect(await settledWith).toBe('settled')
    expect(world.join('a', '203.0.113.7', 'Steve', first.id)).toMatchObject({
      kind: 'refused',
      reason: 'wake_failed',
      detail: 'Try again in 30 seconds.',
    })
    expect(world.notices.join('\n')).toContain('it has answered no list ping in the time of start_timeout')
  })
  it('remember over a restart how long a start usually takes', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a'))
    world.join('a')
    await world.clock.advance(40_000)
    world.isSlow = false
    await world.clock.advance(1_000)
    expect(world.phase('a')).toBe('online')
    expect(world.phases).toEqual(['a unknown sleeping', 'a sleeping starting', 'a starting online'])
    const next = new World({}, world.folder)
    await next.serve(server('a'))
    expect(next.manager.sight('a')?.etaMs).toBeGreaterThan(39_000)
  })
  it('whose definition is gone are let go of, and keep a changed one for when they sleep', async () => {
    const world = new World()
    await world.serve(server('a'), server('b'))
    world.join('a')
    await world.clock.advance(10)
    await world.serve(server('a', { manager: { start: ['other'] } }))
    expect(world.closed).toEqual(['b removed'])
    expect(world.notices.join('\n')).toContain(
      'server "a" has another [server_manager]; it takes effect when it sleeps',
    )
    await world.serve()
    expect(world.closed).toEqual(['b removed', 'a removed'])
    expect(world.manager.list()).toEqual([])
  })
  // It took the next change of any definition after that: until then a wrong command was called again and again.
  it('take a changed definition as soon as they sleep, and start by it for who came meanwhile', async () => {
    const world = new World()
    const times = { shutdown_after: '10s', count: 'sessions' }
    await world.serve(server('a', { manager: times }))
    const { id } = world.join('a')
    await world.clock.advance(10)
    const other = server('a', { manager: { ...times, start: ['other'] } })
    for (let again = 0; again < 3; again++) await world.serve(other)
    expect(world.notices.filter((line) => line.includes('another [server_manager]'))).toHaveLength(1)
    expect(world.closed).toEqual([])
    world.leave(id, 70_000)
    await world.clock.advance(10_000)
    world.join('a')
    await world.clock.advance(5_000)
    expect(world.closed).toEqual(['a removed'])
    expect(world.starts).toEqual(['a', 'a by other'])
    expect(world.phase('a')).toBe('online')
  })
  // It was started by the definition of before its turn.
  it('take a changed definition while they wait for their turn to start', async () => {
    const world = new World({ maxStarting: 1 })
    world.isSlow = true
    const other = server('b', { manager: { start: ['other'] } })
    await world.serve(server('a'), server('b'))
    world.join('a')
    world.join('b')
    await world.clock.advance(10)
    expect(world.manager.sight('b')?.position).toBe(1)
    await world.serve(server('a'), other)
    expect(world.closed).toEqual(['b removed'])
    expect(world.manager.sight('b')?.position).toBe(1)
    world.isSlow = false
    await world.clock.advance(5_000)
    expect(world.starts).toEqual(['a', 'b by other'])
    expect(world.phase('b')).toBe('online')
  })
  it('forget a changed definition that was taken back before they slept', async () => {
    const world = new World()
    await world.serve(server('a'))
    world.join('a')
    await world.clock.advance(10)
    await world.serve(server('a', { manager: { start: ['other'] } }))
    await world.serve(server('a'))
    world.manager.operator('a', 'stop')
    await world.clock.advance(5_000)
    world.join('a')
    await world.clock.advance(10)
    expect(world.closed).toEqual([])
    expect(world.starts).toEqual(['a', 'a'])
  })
  // The state of a server with a wrong key is never known, so it never slept, and the right key was never used.
  it('take a changed definition at once where nothing is known of them', async () => {
    const world = new World()
    await world.serve(server('a', { manager: { start: ['denied'] } }))
    expect(world.phase('a')).toBe('unknown')
    const waiting = world.join('a')
    await world.serve(server('a', { manager: { start: ['right'] } }))
    await world.clock.advance(10)
    expect(world.starts).toEqual(['a by right'])
    expect(world.join('a', '203.0.113.7', 'Steve', waiting.id).kind).toBe('up')
  })
  it('may be started at once by a changed definition, whatever the one before has failed with', async () => {
    const world = new World()
    world.isSlow = true
    await world.serve(server('a', { manager: { start_timeout: '5s', cooldown: '30s' } }))
    world.join('a')
    await world.clock.advance(5_000)
    expect(world.phase('a')).toBe('crashed')
    world.states.set('a', 'stopped')
    world.isSlow = false
    await world.serve(server('a', { manager: { start_timeout: '5s', cooldown: '30s', start: ['other'] } }))
    world.join('a')
    await world.clock.advance(10)
    expect(world.phase('a')).toBe('online')
    expect(world.starts).toEqual(['a', 'a by other'])
  })
  it('cost nothing however many sleep and however often they are looked at: no list ping asks for more', async () => {
    const world = new World()
    const ids = Array.from({ length: 100 }, (_, index) => `s${index}`)
    await world.serve(...ids.map((id) => server(id)))
    world.asked = 0
    world.pinged = 0
    for (let minute = 0; minute < 5; minute++) {
      // What a list ping of a scanner looks at.
      for (const id of ids) for (let ping = 0; ping < 50; ping++) world.manager.sight(id)
      await world.clock.advance(60_000)
    }
    expect(world.starts).toEqual([])
    expect(world.pinged).toBe(0)
    expect(world.asked).toBeLessThanOrEqual(100 * 10)
  })
  it('that end again and again keep no other one from starting, and fill no log', async () => {
    const world = new World()
    await world.serve(server('a'), server('b'))
    // Its engine starts it, and it ends before it has answered.
    world.isSlow = true
    for (let second = 0; second < 600; second++) {
      world.states.set('a', second % 9 < 6 ? 'running' : 'crashed')
      await world.clock.advance(1_000)
    }
    expect(world.phase('a')).toBe('crashed')
    expect(world.notices.filter((line) => line.startsWith('server "a" could not be started'))).toHaveLength(1)
    expect(world.notices.length).toBeLessThan(10)
    world.isSlow = false
    expect(world.join('b').kind).toBe('wait')
    await world.clock.advance(10)
    expect(world.phase('b')).toBe('online')
  })
  it('write down what they decide, each in a file of its own that no id leads out of', async () => {
    const world = new World()
    await world.serve(server('a', { more: { id: '../../evil' } }))
    world.join('../../evil')
    await world.clock.advance(10)
    expect(readdirSync(world.folder)).toEqual(['..%2F..%2Fevil.json'])
  })
  it('are dialled as ever where nobody here knows their type', async () => {
    const world = new World()
    await world.serve(server('a', { manager: { type: 'docker', container: 'a', start: undefined, stop: undefined } }))
    expect(world.join('a').kind).toBe('up')
    expect(world.notices.join('\n')).toContain('[server_manager] with type = "docker"')
  })
})
