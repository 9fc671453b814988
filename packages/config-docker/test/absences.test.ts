import type { Container } from '@infrarust/docker-engine'
import { describe, expect, it } from 'vitest'
import { Absences } from '../src/absences.ts'
import { recorded } from './recorded.ts'

const LOBBY = recorded('lobby')
const STOPPED_MS = Date.parse('2026-11-23T19:00:00Z')
const STOPPED: Container = { ...LOBBY, condition: { kind: 'down', sinceMs: STOPPED_MS } }
const view = (atMs: number, ...containers: readonly Container[]) => ({ atMs, containers, unread: [] })

describe('a container that does not run', () => {
  it('is answered for from the moment it was seen to stop', () => {
    const absences = new Absences(10_000)
    expect(absences.update(view(STOPPED_MS - 500, LOBBY), 1_000)).toEqual({
      containers: [LOBBY],
      nextChangeInMs: undefined,
    })
    // The engine's clock has whole seconds and may seem to be before the stop.
    expect(absences.update(view(STOPPED_MS - 1_000, STOPPED), 2_000).nextChangeInMs).toBe(10_000)
    expect(absences.update(view(STOPPED_MS + 4_000, STOPPED), 6_000).nextChangeInMs).toBe(6_000)
    expect(absences.update(view(STOPPED_MS + 10_000, STOPPED), 12_000)).toEqual({
      containers: [],
      nextChangeInMs: undefined,
    })
    expect(absences.update(view(STOPPED_MS + 20_000, LOBBY), 22_000).containers).toEqual([LOBBY])
  })
  it('counts from when the engine saw it stop, before the proxy came', () => {
    expect(new Absences(10_000).update(view(STOPPED_MS + 3_000, STOPPED), 0).nextChangeInMs).toBe(7_000)
    expect(new Absences(10_000).update(view(STOPPED_MS + 60_000, STOPPED), 0).containers).toEqual([])
  })
  it('was removed and is still answered for, unless another one has its name', () => {
    const absences = new Absences(10_000)
    absences.update(view(0, LOBBY, recorded('published')), 0)
    const { containers, nextChangeInMs } = absences.update(view(0, { ...LOBBY, id: 'new' }), 0)
    expect(containers.map(({ name, condition }) => [name, condition.kind])).toEqual([
      ['lobby', 'up'],
      ['published', 'down'],
    ])
    expect(nextChangeInMs).toBe(10_000)
    expect(absences.update(view(0, { ...LOBBY, id: 'new' }), 10_000).containers).toHaveLength(1)
  })
  // compose makes the new container, removes the old one, and starts the new one when its dependencies are healthy.
  it('was removed and is still answered for while another one has its name and waits for its first start', () => {
    const absences = new Absences(10_000)
    absences.update(view(0, LOBBY), 0)
    const made: Container = { ...LOBBY, id: 'new', condition: { kind: 'never-started' } }
    const present = absences.update(view(0, made), 1_000)
    expect(present.containers).toEqual([{ ...LOBBY, condition: { kind: 'down', sinceMs: undefined }, isRemoved: true }])
    expect(present.nextChangeInMs).toBe(10_000)
    expect(absences.update(view(0, { ...LOBBY, id: 'new' }), 2_000).containers).toEqual([{ ...LOBBY, id: 'new' }])
  })
  it('goes at once where no time is given', () => {
    const absences = new Absences(0)
    absences.update(view(0, LOBBY), 0)
    expect(absences.update(view(0, STOPPED), 0).containers).toEqual([])
  })
  it('and never did is nobody', () => {
    expect(new Absences(10_000).update(view(0, recorded('made')), 0).containers).toEqual([])
  })
  it('but is only unhealthy is answered for as long as it runs', () => {
    const unhealthy = recorded('gated-unhealthy')
    const absences = new Absences(1_000)
    absences.update(view(0, unhealthy), 0)
    expect(absences.update(view(0, unhealthy), 1e9)).toEqual({ containers: [unhealthy], nextChangeInMs: undefined })
  })
})

describe('a container that is started for players', () => {
  const absences = () => new Absences(10_000, ({ name }) => name === 'lobby')
  const kinds = (present: ReturnType<Absences['update']>) =>
    present.containers.map(({ condition, isRemoved }) => (isRemoved ? 'removed' : condition.kind))

  it('stays while the engine has it, however long it has not run', () => {
    const subject = absences()
    for (const [atMs, container] of [
      [0, { ...LOBBY, condition: { kind: 'never-started' } }],
      [1e9, LOBBY],
      [2e9, STOPPED],
      [3e9, { ...LOBBY, condition: { kind: 'paused' } }],
    ] as const) {
      const present = subject.update(view(atMs, container), atMs)
      expect([kinds(present), present.nextChangeInMs]).toEqual([[container.condition.kind], undefined])
    }
  })
  it('is gone when it was removed, after the time in which players read that it is offline', () => {
    const subject = absences()
    subject.update(view(0, STOPPED), 1e9)
    expect(kinds(subject.update(view(0), 1e9))).toEqual(['removed'])
    expect(kinds(subject.update(view(0), 1e9 + 9_999))).toEqual(['removed'])
    expect(kinds(subject.update(view(0), 1e9 + 10_000))).toEqual([])
  })
  // compose removes the old one, and nothing but a player starts the new one.
  it('is replaced at once by one of its name that was never started', () => {
    const subject = absences()
    subject.update(view(0, LOBBY), 0)
    const made: Container = { ...LOBBY, id: 'new', condition: { kind: 'never-started' } }
    expect(subject.update(view(0, made), 0).containers).toEqual([made])
  })
})
