import { validateServer } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
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
} as const

function read(labels: Readonly<Record<string, string>>, isForwardingAllowed: boolean) {
  const container = {
    ...recorded('lobby'),
    labels: new Map(Object.entries({ 'infrarust.enable': 'true', 'infrarust.proxy_mode': 'client_only', ...labels })),
  }
  const options = { ...OPTIONS, isForwardingAllowed }
  const [server] = defineServers([container], [container], { kind: 'host' }, options).servers
  if (server === undefined) throw new Error('no server')
  const { definition } = server
  return {
    problems: definition.problems,
    keepsLastGood: definition.keepsLastGood,
    ...validateServer(definition, 'docker'),
  }
}

describe('a container', () => {
  it('is not told who players are by its labels alone', () => {
    const { problems, keepsLastGood } = read({ 'infrarust.forwarding_mode': 'velocity' }, false)
    expect(problems).toEqual([
      'container "lobby": label infrarust.forwarding_mode asks to be told who players are; only forwarding = true in [docker] lets labels do so',
    ])
    expect(keepsLastGood).toBe(false)
    expect(read({}, false)).toMatchObject({ problems: [], server: { forwardingGrant: 'none' } })
    expect(read({ 'infrarust.forwarding_mode': 'none' }, false)).toMatchObject({ problems: [] })
  })

  it('is with forwarding = true in [docker], and never gets a token', () => {
    const server = { forwardingMode: 'velocity', forwardingGrant: 'without-token' }
    expect(read({ 'infrarust.forwarding_mode': 'modern' }, true)).toMatchObject({ problems: [], server })
    const { problems } = read({ 'infrarust.forwarding_mode': 'bungee_guard' }, true)
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('token') })])
  })

  it('chooses no file with a secret', () => {
    expect(read({ 'infrarust.secret_file': '/etc/shadow' }, true).problems).toEqual([
      expect.stringContaining('is for the files of the operator alone'),
    ])
  })
})
