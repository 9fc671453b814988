import { describe, expect, it } from 'vitest'
import { server, World } from './world.ts'

describe('servers that sleep', () => {
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
})
