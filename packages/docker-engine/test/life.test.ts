import { recordedJson } from '@infrarust/test-kit/docker-engine'
import { describe, expect, it } from 'vitest'
import { readLife } from '../src/life.ts'

describe('the life of a container', () => {
  it.each([
    ['lobby', { kind: 'running' }],
    ['gated-starting', { kind: 'running' }],
    ['paused', { kind: 'paused' }],
    ['made', { kind: 'never-started' }],
    ['gone', { kind: 'ended', isOutOfMemory: false, error: undefined, finishedAt: expect.stringMatching(/^2026-/) }],
  ] as const)('of %s is %j', (name, phase) => {
    expect(readLife(recordedJson(name))).toMatchObject({ phase })
  })
  it('ends ten seconds after the signal to stop, where nothing else is said', () => {
    const life = (config: object) => readLife({ Id: '1', Name: '/a', Config: config })?.stopTimeoutMs
    expect(life({})).toBe(10_000)
    expect(life({ StopTimeout: 90 })).toBe(90_000)
    expect(life({ StopTimeout: 0 })).toBe(0)
    expect(life({ StopTimeout: -1 })).toBeUndefined()
  })
  it('may be a word that is not known here', () => {
    expect(readLife({ Id: '1', Name: '/a', State: { Status: 'removing' } })?.phase).toEqual({
      kind: 'other',
      word: 'removing',
    })
  })
  it.each([[null], [[]], [{}], [{ Id: 'a' }], [{ Id: 1, Name: 2 }]])('is not %j', (json) => {
    expect(readLife(json)).toBeUndefined()
  })
})
