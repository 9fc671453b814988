import type { Container, ContainerNetwork } from '@infrarust/docker-engine'
import { describe, expect, it } from 'vitest'
import { type AddressOptions, chooseAddress, type Vantage } from '../src/container-address.ts'
import { recorded } from './recorded.ts'

const OPTIONS: AddressOptions = { network: undefined, usePublishedPorts: 'auto', labelPrefix: 'infrarust' }
const HOST: Vantage = { kind: 'host' }
const ELSEWHERE: Vantage = { kind: 'elsewhere', engineHost: 'docker.example.com' }

const [ONE, TWO] = recorded('both').networks
if (ONE === undefined || TWO === undefined) throw new Error('the recording has two networks')
const APART: ContainerNetwork = { ...ONE, name: 'apart', id: 'f'.repeat(64), ipv4Gateway: '172.30.0.1' }
const inside = (...networks: readonly ContainerNetwork[]): Vantage => ({ kind: 'container', networks })

const SIX = recorded('six')
/** As engines from 28 on make them; the recorded one gives every network IPv4 too. */
const ONLY_SIX: Container = { ...SIX, networks: SIX.networks.map((network) => ({ ...network, ipv4: undefined })) }
const PROJECT: Container = {
  ...recorded('both'),
  labels: new Map([['com.docker.compose.project', 'mc']]),
  networks: [ONE, { ...TWO, name: 'mc_games' }],
}
const V6_PORT = { containerPort: 25_565, hostAddress: '::', hostPort: 32_768 }

interface Row {
  readonly of: Container
  readonly from: Vantage
  readonly label?: string
  readonly options?: Partial<AddressOptions>
}

const choose = ({ of, from, label, options }: Row) =>
  chooseAddress(of, { port: 25_565, network: label }, from, { ...OPTIONS, ...options })

describe('the address of a container', () => {
  const rows: readonly (readonly [title: string, row: Row, address: string])[] = [
    ['is the one on its only network', { of: recorded('lobby'), from: HOST }, '172.17.0.2:25565'],
    ['is on the network that the label names', { of: recorded('both'), from: HOST, label: 'two' }, `${TWO.ipv4}:25565`],
    ['… by its id', { of: recorded('both'), from: HOST, label: TWO.id }, `${TWO.ipv4}:25565`],
    [
      '… by its id as commands print it',
      { of: recorded('both'), from: HOST, label: TWO.id.slice(0, 12) },
      `${TWO.ipv4}:25565`,
    ],
    ['… by its name in the compose file', { of: PROJECT, from: HOST, label: 'games' }, `${TWO.ipv4}:25565`],
    [
      'is on the preferred network',
      { of: recorded('both'), from: HOST, options: { network: 'two' } },
      `${TWO.ipv4}:25565`,
    ],
    [
      'is on the label’s before the preferred one',
      { of: recorded('both'), from: HOST, label: 'one', options: { network: 'two' } },
      `${ONE.ipv4}:25565`,
    ],
    [
      'is on its only one although another is preferred',
      { of: recorded('lobby'), from: HOST, options: { network: 'two' } },
      '172.17.0.2:25565',
    ],
    [
      'is on the network shared with the proxy',
      { of: recorded('both'), from: inside(APART, TWO) },
      `${TWO.ipv4}:25565`,
    ],
    [
      'is on the first by name of several shared ones',
      { of: recorded('both'), from: inside(TWO, ONE) },
      `${ONE.ipv4}:25565`,
    ],
    [
      'is on the preferred one before a shared one',
      { of: recorded('both'), from: inside(ONE, TWO), options: { network: 'two' } },
      `${TWO.ipv4}:25565`,
    ],
    ['is IPv6 on a network without IPv4', { of: ONLY_SIX, from: HOST }, '[fd00:dead:1::2]:25565'],
    ['is the host itself on the host’s network', { of: recorded('host'), from: HOST }, '127.0.0.1:25565'],
    ['is the gateway for a proxy in a container', { of: recorded('host'), from: inside(APART) }, '172.30.0.1:25565'],
    ['is the machine of a remote engine', { of: recorded('host'), from: ELSEWHERE }, 'docker.example.com:25565'],
    [
      'is published where the proxy is on none of its networks',
      { of: recorded('published'), from: inside(APART) },
      '172.30.0.1:32768',
    ],
    ['is published for a proxy elsewhere', { of: recorded('published'), from: ELSEWHERE }, 'docker.example.com:32768'],
    [
      'is not published where the proxy is on its network',
      { of: recorded('published'), from: HOST },
      '172.18.0.3:25565',
    ],
    [
      'is published where that is wanted',
      { of: recorded('published'), from: HOST, options: { usePublishedPorts: 'always' } },
      '127.0.0.1:32768',
    ],
    [
      'is published under IPv6',
      {
        of: { ...recorded('published'), publishedPorts: [V6_PORT] },
        from: HOST,
        options: { usePublishedPorts: 'always' },
      },
      '[::1]:32768',
    ],
    [
      'is published on one address of the host',
      { of: { ...recorded('published'), publishedPorts: [{ ...V6_PORT, hostAddress: '10.1.2.3' }] }, from: ELSEWHERE },
      '10.1.2.3:32768',
    ],
    [
      'is not published where that is unwanted',
      { of: recorded('published'), from: ELSEWHERE, options: { usePublishedPorts: 'never' } },
      '172.18.0.3:25565',
    ],
  ]
  it.each(rows)('%s', (_title, row, address) => {
    expect(choose(row)).toEqual({ kind: 'address', address, warning: undefined })
  })

  const warnings: readonly (readonly [title: string, row: Row, address: string, warning: string])[] = [
    // The Rust product's examples name the proxy's own network in this label.
    [
      'an unknown name of the only network',
      { of: recorded('lobby'), from: HOST, label: 'web' },
      '172.17.0.2:25565',
      'label infrarust.network is "web", but it is only on "one", which is used',
    ],
    [
      'a network that the proxy is not on',
      { of: recorded('lobby'), from: inside(APART) },
      '172.17.0.2:25565',
      'the proxy is not on its network "one", and port 25565 is not published; 172.17.0.2:25565 may be out of reach',
    ],
  ]
  it.each(warnings)('comes with a warning for %s', (_title, row, address, warning) => {
    expect(choose(row)).toEqual({ kind: 'address', address, warning })
  })

  const problems: readonly (readonly [title: string, row: Row, problem: string])[] = [
    [
      'several networks and nothing that chooses',
      { of: recorded('both'), from: HOST },
      'is on the networks "one" and "two", and nothing says on which it is reached; add the label infrarust.network',
    ],
    [
      'several networks, none of them named so',
      { of: recorded('both'), from: HOST, label: 'web' },
      'label infrarust.network is "web"; it is on the networks "one" and "two"',
    ],
    [
      'several networks, none of them shared',
      { of: recorded('both'), from: inside(APART) },
      'add the label infrarust.network',
    ],
    ['no network', { of: recorded('none'), from: HOST }, 'is on no network; connect it to one'],
    [
      'the wish for a port that is not published',
      { of: recorded('lobby'), from: HOST, options: { usePublishedPorts: 'always' } },
      'does not publish port 25565 where the proxy could reach it',
    ],
    [
      'a port that is published on the loopback of another machine',
      {
        of: { ...recorded('published'), publishedPorts: [{ ...V6_PORT, hostAddress: '127.0.0.1' }] },
        from: ELSEWHERE,
        options: { usePublishedPorts: 'always' },
      },
      'does not publish port 25565 where the proxy could reach it',
    ],
  ]
  it.each(problems)('is unknown with %s', (_title, row, problem) => {
    expect(choose(row)).toMatchObject({ kind: 'none', problem: expect.stringContaining(problem) })
  })
})
