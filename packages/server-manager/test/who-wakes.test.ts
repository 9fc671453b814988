import type { JoinAnswer } from '@infrarust/core/server-power'
import { describe, expect, it } from 'vitest'
import { server, World } from './world.ts'

describe('servers that sleep', () => {
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
})
