import { describe, expect, it } from 'vitest'
import { descriptorWarning } from '../src/parts/descriptor-warning.ts'
import { connectionsThatFit } from '../src/proxy/descriptors.ts'

describe('the number of connections that fit', () => {
  // Twice as many were let in: a session has a descriptor for the client and one for the server.
  it.each([
    [1_048_576, 471_859],
    [1_024, 460],
    [480, 216],
  ])('of %d descriptors leaves a tenth for everything else, two for each: %d', (limit, connections) => {
    expect(connectionsThatFit(limit)).toBe(connections)
  })
  // With a limit of 200, 180 mute connections left no descriptor, and no player came in.
  it.each([
    [200, 76],
    [10, 1],
  ])('of %d descriptors leaves what the proxy itself has open: %d', (limit, connections) => {
    expect(connectionsThatFit(limit)).toBe(connections)
  })
  it('is known of this process', () => {
    expect(connectionsThatFit()).toBeGreaterThan(100)
  })
})

describe('a configured number of connections', () => {
  async function warnings(maxConnections: number): Promise<readonly string[]> {
    const said: string[] = []
    const warning = descriptorWarning(
      { maxConnections },
      { warn: (message: string) => said.push(message) },
      () => 1_024,
    )
    await warning.start?.()
    return said
  }

  it('that does not fit is warned of, with the number that does', async () => {
    expect(await warnings(461)).toEqual([
      'max_connections is 461, and with the limit of 1024 open files only 460 fit, since a session takes two: beyond that ' +
        'players read that the proxy is full; raise the limit (ulimit -n, LimitNOFILE=), or lower max_connections',
    ])
  })
  it('that fits, or is left to the system, is not', async () => {
    expect(await warnings(460)).toEqual([])
    expect(await warnings(0)).toEqual([])
  })
})
