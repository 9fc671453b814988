import { describe, expect, it } from 'vitest'
import type { PathsAnswer } from '../src/page/api/answers.ts'
import { faultsOf } from '../src/page/model/faults-of.ts'
import { type FlowLink, flowLayout } from '../src/page/model/flow-layout.ts'
import { networkOf } from '../src/page/model/network-of.ts'
import { pathsOf } from '../src/page/model/paths-of.ts'
import type { Rated } from '../src/page/model/rates.ts'

function rated(id: number, more: Partial<Rated> = {}): Rated {
  const all = {
    state: 'relaying',
    client: '203.0.113.7',
    peer: '10.0.0.2',
    listener: 'main',
    bytes_in: 0,
    bytes_out: 0,
  }
  return { id, ...all, age_ms: 0, rate: 0, ...more }
}

describe('the network of a peer', () => {
  it.each([
    ['10.0.0.2', '10.0.0.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8::/64'],
    ['2001:db8:0:5::7', '2001:db8:0:5::/64'],
    ['::1', '::/64'],
    ['unix', 'unix'],
  ])('of %s is %s', (address, network) => expect(networkOf(address)).toBe(network))
})

describe('ways', () => {
  const known: PathsAnswer['paths'] = [
    {
      network: '10.0.0.0/24',
      listener: 'main',
      header: 'v2',
      trusted: true,
      server: 'survival',
      endpoint: '10.1.0.1:25565',
      sends: 'v2',
      connections: 2,
      bytes_in: 0,
      bytes_out: 0,
    },
  ]
  it('are one where all places are the same', () => {
    const header = { proxy_version: 2, proxy_command: 'PROXY', server: 'survival', endpoint: '10.1.0.1:25565' }
    const groups = pathsOf(
      [rated(1, { ...header, rate: 5 }), rated(2, { ...header, peer: '10.0.0.3', rate: 7 }), rated(3)],
      known,
    )
    expect(
      groups.map(({ places, connections, bytesPerSecond }) => [places, connections.length, bytesPerSecond]),
    ).toEqual([
      [
        {
          peer: '10.0.0.0/24',
          listener: 'main',
          received: 'v2 PROXY, trusted',
          server: 'survival',
          sent: 'v2 → 10.1.0.1:25565',
        },
        2,
        12,
      ],
      [{ peer: '10.0.0.0/24', listener: 'main', received: 'none', server: 'no server yet', sent: 'nothing yet' }, 1, 0],
    ])
  })
  it('stay few, however many networks and servers there are', () => {
    const many = Array.from({ length: 5_000 }, (_, id) =>
      rated(id, { peer: `10.${id % 200}.${id % 250}.1`, server: `s${id % 90}`, endpoint: `10.1.1.1:${id}` }),
    )
    const groups = pathsOf(many, known)
    expect(new Set(groups.map(({ places }) => places.peer)).size).toBeLessThanOrEqual(11)
    expect(new Set(groups.map(({ places }) => places.server)).size).toBeLessThanOrEqual(25)
    expect(groups.reduce((sum, { connections }) => sum + connections.length, 0)).toBe(5_000)
  })
})

describe('broken edges', () => {
  const at = { text: 'mend it', count: 3, last_at: null }
  it('stand where they are cut, with the words of the proxy', () => {
    expect(
      faultsOf([
        { side: 'listener', network: '10.9.0.0/24', listener: 'main', server: null, ...at },
        { side: 'server', network: null, listener: null, server: 'lobby', ...at, count: null },
      ]),
    ).toEqual([
      {
        at: 'listener',
        network: '10.9.0.0/24',
        listener: 'main',
        text: '10.9.0.0/24 → listener main, 3 connections in the last hour: mend it',
      },
      { at: 'server', server: 'lobby', text: 'server "lobby": mend it' },
    ])
  })
})

describe('the picture', () => {
  const link = (column: number, from: string, to: string, weight: number): FlowLink => ({
    from: { column, key: from },
    to: { column: column + 1, key: to },
    weight,
    isBroken: false,
  })
  const size = { width: 900, columns: 3, nodeWidth: 100, bodyHeight: 300 }

  it('gives places a height by their weight, and room for a label', () => {
    const { nodes } = flowLayout([link(0, 'a', 'x', 90), link(0, 'b', 'x', 10), link(1, 'x', 'y', 100)], size)
    const heightOf = (key: string): number => nodes.find((node) => node.key === key)?.height ?? 0
    expect(heightOf('a')).toBe(270)
    expect(heightOf('x')).toBe(300)
    expect(heightOf('b')).toBeGreaterThanOrEqual(50)
  })
  it('lets no two places of a column overlap, and ends below the last', () => {
    const links = Array.from({ length: 40 }, (_, index) => link(0, `n${index}`, `m${index % 7}`, index ** 2))
    const { nodes, height } = flowLayout(links, size)
    for (const column of [0, 1]) {
      const placed = nodes.filter((node) => node.column === column).sort((one, other) => one.y - other.y)
      for (const [index, node] of placed.entries()) {
        const before = placed[index - 1]
        if (before !== undefined) expect(node.y).toBeGreaterThan(before.y + before.height)
        expect(node.y + node.height).toBeLessThanOrEqual(height)
      }
    }
  })
  it('draws numbers, also where nothing moves', () => {
    for (const links of [[], [link(0, 'a', 'x', 0)], [link(0, 'a', 'x', Number.MIN_VALUE)]]) {
      const drawing = flowLayout(links, size)
      expect(JSON.stringify(drawing)).not.toMatch(/NaN|null|Infinity/)
    }
  })
})
