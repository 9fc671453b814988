import { describe, expect, it } from 'vitest'
import { connectionsThatFit } from '../src/proxy/descriptors.ts'

describe('the number of connections that fit', () => {
  it.each([
    [1_048_576, 943_718],
    [1_024, 921],
    [480, 432],
  ])('of %d descriptors leaves a tenth for everything else: %d', (limit, connections) => {
    expect(connectionsThatFit(limit)).toBe(connections)
  })
  // With a limit of 200, 180 mute connections left no descriptor, and no player came in.
  it.each([
    [200, 152],
    [10, 1],
  ])('of %d descriptors leaves what the proxy itself has open: %d', (limit, connections) => {
    expect(connectionsThatFit(limit)).toBe(connections)
  })
  it('is known of this process', () => {
    expect(connectionsThatFit()).toBeGreaterThan(100)
  })
})
