import { validateServer } from '@infrarust/core/provider'
import type { Container } from '@infrarust/docker-engine'
import { describe, expect, it } from 'vitest'
import type { PresentContainer } from '../src/absences.ts'
import { defineServers } from '../src/definitions.ts'
import { recorded } from './recorded.ts'

const OPTIONS = {
  labelPrefix: 'infrarust',
  isExposedByDefault: false,
  network: undefined,
  usePublishedPorts: 'auto',
  allowedAddresses: [],
  domains: undefined,
  isDefaultAllowed: false,
  isForwardingAllowed: false,
} as const

const define = (...containers: readonly Container[]) => {
  const { servers, diagnostics } = defineServers(containers, containers, { kind: 'host' }, OPTIONS)
  return { definitions: servers.map(({ definition }) => definition), diagnostics }
}
const only = (container: Container) => {
  const [definition, ...others] = define(container).definitions
  if (definition === undefined || others.length > 0) throw new Error('not one server')
  return definition
}
const labelled = (container: Container, labels: Readonly<Record<string, string>>): Container => ({
  ...container,
  labels: new Map([['infrarust.enable', 'true'], ...Object.entries(labels)]),
})

describe('what a container means', () => {
  it('is a server by its name, with what its labels say', () => {
    expect(only(recorded('lobby'))).toMatchObject({
      key: 'lobby',
      source: 'container "lobby"',
      values: {
        id: 'lobby',
        name: 'lobby',
        domains: ['lobby.example.com', 'hub.example.com'],
        addresses: ['172.17.0.2:25565'],
        send_proxy_protocol: true,
      },
      problems: [],
      state: 'online',
    })
  })
  it('is reachable under its own name without a label for it', () => {
    expect(only(recorded('six')).values).toMatchObject({
      domains: ['six.docker.local'],
      addresses: ['172.19.0.2:25565'],
    })
    expect(only({ ...recorded('six'), name: 'renamed' }).values).toMatchObject({ domains: ['renamed.docker.local'] })
  })

  const ports: readonly (readonly [exposed: readonly number[], label: string | undefined, port: number])[] = [
    [[], undefined, 25_565],
    [[25_570], undefined, 25_570],
    [[25_570, 8080], undefined, 25_565],
    [[25_570], '25580', 25_580],
  ]
  it.each(ports)('with the exposed ports %j and the label %s is reached on %i', (exposedTcpPorts, label, port) => {
    const labels: Record<string, string> = label === undefined ? {} : { 'infrarust.port': label }
    const container = { ...labelled(recorded('lobby'), labels), exposedTcpPorts }
    expect(only(container).values).toMatchObject({ addresses: [`172.17.0.2:${port}`] })
  })

  const states: readonly (readonly [name: Parameters<typeof recorded>[0], state: string])[] = [
    ['lobby', 'online'],
    ['gated-healthy', 'online'],
    ['gated-starting', 'starting'],
    ['gated-unhealthy', 'offline'],
    ['paused', 'offline'],
    ['gone', 'offline'],
  ]
  it.each(states)('%s is %s', (name, state) => {
    const definition = only(recorded(name))
    expect(definition.state).toBe(state)
    expect('addresses' in definition.values).toBe(state === 'online')
    expect(validateServer(definition, 'docker')).toHaveProperty('server')
  })

  it('has the address of the container whose network it shares', () => {
    const { definitions } = define(recorded('joined'), recorded('lobby'))
    expect(definitions[0]?.values).toMatchObject({ addresses: ['172.17.0.2:25565'] })
  })
  it('is a problem that names it where its network cannot be told', () => {
    expect(only(recorded('both')).problems).toEqual([
      'container "both": is on the networks "one" and "two", and nothing says on which it is reached; add the label infrarust.network',
    ])
  })
  it('is where its labels say, if they name the container on one of its networks', () => {
    const both = recorded('both')
    const address = `${both.networks[0]?.ipv4}:25565`
    const { values, problems } = only(labelled(both, { 'infrarust.addresses': address }))
    expect({ values, problems }).toMatchObject({ values: { addresses: [address] }, problems: [] })
  })
  it('comes before a younger one, and a starting one before one that is gone', () => {
    const precedence = (container: Container) => only(container).precedence ?? 0
    expect(precedence(recorded('lobby'))).toBeLessThan(precedence(recorded('six')))
    expect(precedence(recorded('gated-starting'))).toBeLessThan(precedence(recorded('gone')))
  })
  it('is told in whole labels also by what only the registry finds', () => {
    const definition = only(labelled(recorded('lobby'), { 'infrarust.proxy_protocol.add_authority': 'true' }))
    expect(definition.locate?.(['proxy_protocol'])).toBe('container "lobby": label infrarust.proxy_protocol')
    expect(definition.locate?.([])).toBe('container "lobby"')
    const empty = only(labelled(recorded('lobby'), { 'infrarust.domains': '' }))
    expect(empty.locate?.(['domains'])).toBe('container "lobby": label infrarust.domains=""')
  })
  it.each(['a..b', 'x'.repeat(64)])('named %s, which is no part of a domain, must be given one', (name) => {
    const unnamed = { ...labelled(recorded('lobby'), {}), name }
    expect(validateServer(only(unnamed), 'docker')).toMatchObject({
      problems: [{ path: ['domains'], message: expect.stringContaining('nobody can reach this server') }],
    })
    expect(only({ ...labelled(recorded('lobby'), { 'infrarust.domains': 'a.b' }), name }).values.domains).toEqual([
      'a.b',
    ])
  })
  // A player of good.example.com would end up on a wildcard's server.
  it('shows the good ones of its domains although one is wrong', () => {
    const definition = only(labelled(recorded('lobby'), { 'infrarust.domains': 'good.example.com, b ad' }))
    expect(definition).toMatchObject({ values: { domains: ['good.example.com', 'b ad'] } })
    expect(definition.problems).toHaveLength(1)
  })
  it('may be several servers, each with a key, an id and a domain of its own', () => {
    const { definitions } = define(labelled(recorded('lobby'), { 'infrarust.a.port': '1', 'infrarust.b.port': '2' }))
    expect(definitions).toMatchObject([
      { key: 'lobby/a', values: { id: 'lobby.a', name: 'a', domains: ['a.lobby.docker.local'] } },
      { key: 'lobby/b', values: { id: 'lobby.b', name: 'b', domains: ['b.lobby.docker.local'] } },
    ])
  })
  it('has an id that fits, however long its name is', () => {
    const id = only({ ...labelled(recorded('lobby'), {}), name: 'x'.repeat(100) }).values.id
    expect(id).toBe(`${'x'.repeat(51)}-${recorded('lobby').id.slice(0, 12)}`)
  })
})

describe('a container that is started for players', () => {
  const MANAGER = { 'infrarust.server_manager.type': 'docker', 'infrarust.server_manager.shutdown_after': '10m' }
  const managed = (name: Parameters<typeof recorded>[0], labels: Readonly<Record<string, string>> = {}) =>
    labelled(recorded(name), { ...MANAGER, ...labels })

  it.each(['made', 'gone', 'paused'] as const)('sleeps where it does not run, and has no address: %s', (name) => {
    const definition = only(managed(name))
    expect(definition).toMatchObject({
      state: 'online',
      problems: [],
      values: { server_manager: { type: 'docker', shutdown_after: '10m' } },
    })
    expect(definition.values).not.toHaveProperty('addresses')
    expect(validateServer(definition, 'docker')).toMatchObject({ server: { state: 'online', addresses: [] } })
  })
  it.each(['lobby', 'gated-starting', 'gated-unhealthy'] as const)('has an address while it runs: %s', (name) => {
    expect(only(managed(name))).toMatchObject({
      state: 'online',
      values: { addresses: [expect.stringMatching(/:25565$/)] },
    })
  })
  it('competes for its domains as if it ran', () => {
    const asleep = { ...managed('gone'), createdMs: 5 }
    const awake = { ...labelled(recorded('lobby'), {}), createdMs: 6 }
    expect(only(asleep).precedence).toBeLessThan(only(awake).precedence ?? 0)
  })
  it('is only offline once it was removed', () => {
    const removed: PresentContainer = { ...managed('gone'), isRemoved: true }
    const definition = only(removed)
    expect(definition.state).toBe('offline')
    expect(definition.values).not.toHaveProperty('server_manager')
  })
  it('is no other server than that of its container', () => {
    const { values, problems } = only(managed('gone', { 'infrarust.server_manager.container': 'database' }))
    expect(values).not.toHaveProperty('server_manager.container')
    expect(problems).toEqual([expect.stringContaining('is for the files of the operator alone')])
  })
  // The server of one would have been stopped with the players of the other on it.
  it('has one server only', () => {
    const two = {
      'infrarust.a.domains': 'a.example.com',
      'infrarust.a.server_manager.type': 'docker',
      'infrarust.b.domains': 'b.example.com',
    }
    const { definitions } = define(labelled(recorded('lobby'), two))
    expect(definitions.map(({ problems }) => problems)).toEqual([
      [
        'container "lobby": label infrarust.a.server_manager.type would stop all 2 servers of the container; give each a container of its own',
      ],
      [],
    ])
  })
  // Its address is another container's by the time that it starts, and that one would have got its players.
  it('has no address of its labels while it does not run', () => {
    const definition = only(managed('gone', { 'infrarust.addresses': '172.17.0.2:25565' }))
    expect(definition.problems).toEqual([])
    expect(definition.values).not.toHaveProperty('addresses')
  })
})
