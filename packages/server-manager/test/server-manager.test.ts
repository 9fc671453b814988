import { readdirSync } from 'node:fs'
import { validateServer } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { server, World } from './world.ts'

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
