import { BlockList } from 'node:net'
import { describe, expect, it } from 'vitest'
import { prefixSet, readAddressList } from '../../src/index.ts'

/** 100,000 networks in both families, none inside another. */
const LINES = Array.from({ length: 100_000 }, (_, index) => {
  const [high, low] = [index >> 8, index & 255]
  return index % 2 === 0
    ? `${1 + (high >> 8)}.${high & 255}.${low}.0/24 # number ${index}`
    : `2001:db8:${high.toString(16)}:${low.toString(16)}::/64`
})
const OUTSIDERS = ['192.0.2.1', '2001:db9::1', '::1', '10.0.0.1']
const ADDRESSES = [...OUTSIDERS, ...[0, 1, 300, 301, 998, 999].map((index) => LINES[index]?.split('/')[0] ?? '')]

/** What it takes: the best of three, for the others were interrupted. */
function milliseconds(run: () => void): number {
  const times = [0, 1, 2].map(() => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...times)
}

describe('a list of 100,000 networks', { timeout: 60_000 }, () => {
  const { networks, faults } = readAddressList(LINES.join('\n'))
  const set = prefixSet(networks)

  it('is read whole, and finds each of them and nobody else', () => {
    expect([networks.length, faults.count]).toEqual([100_000, 0])
    expect(networks.every(({ address }) => set.has(address))).toBe(true)
    expect(OUTSIDERS.map((address) => set.has(address))).toEqual([false, false, false, false])
  })

  it('costs no more to search than a hundredth of it would by a factor of ten: the search does not walk', () => {
    const small = prefixSet(networks.slice(0, 1_000))
    const search = (table: typeof set): number =>
      milliseconds(() => {
        for (let round = 0; round < 20_000; round++) for (const address of ADDRESSES) table.has(address)
      })
    search(small)
    search(set)
    expect(search(set) / search(small)).toBeLessThan(10)
  })

  // `BlockList` keeps no networks to show, and must be asked by family; otherwise it is what there was to take.
  it('is read and made searchable about as fast as the list of Node takes it, in the same run', () => {
    const text = LINES.join('\n')
    const ours = milliseconds(() => prefixSet(readAddressList(text).networks))
    const theirs = milliseconds(() => {
      const blocked = new BlockList()
      for (const { address, prefix, family } of networks) blocked.addSubnet(address, prefix, family)
    })
    expect(ours / theirs).toBeLessThan(10)
  })
})
