import { describe, expect, it } from 'vitest'
import { type ServerDefinition, validateServer } from '../../src/entries/provider.ts'
import type { Server } from '../../src/index.ts'
import { serverTo } from '../gateway/fixtures.ts'

const MINIMAL = { domains: ['survival.example.com'], addresses: ['10.0.1.5:25565'] }

const EXPECTED: Server = serverTo('survival', MINIMAL.domains, 25_565, {
  provider: 'file',
  addresses: [{ host: '10.0.1.5', port: 25_565 }],
  forwardingGrant: 'none',
})

function definition(values: ServerDefinition['values'], state?: ServerDefinition['state']): ServerDefinition {
  const facts = { key: 'survival', source: 'servers/survival.toml', values }
  return state === undefined ? facts : { ...facts, state }
}

describe('a server', () => {
  const rows: readonly (readonly [values: ServerDefinition['values'], expected: Partial<Server>])[] = [
    [MINIMAL, {}],
    [
      {
        domains: ['survival.mc.example.com'],
        addresses: ['10.0.1.5:25565'],
        proxy_mode: 'Intercepted',
        send_proxy_protocol: true,
      },
      { domains: ['survival.mc.example.com'], proxyMode: 'intercepted', sendProxyProtocol: 2 },
    ],
    [
      { ...MINIMAL, id: 'games', name: 'Survival Games' },
      { id: 'games', name: 'Survival Games' },
    ],
    [
      { ...MINIMAL, id: 'games' },
      { id: 'games', name: 'games' },
    ],
    [
      { addresses: ['lobby'], default: true },
      { domains: [], addresses: [{ host: 'lobby', port: undefined }], isDefault: true },
    ],
    [{ ...MINIMAL, proxy_mode: 'zerocopy' }, { proxyMode: 'zero_copy' }],
    [{ ...MINIMAL, proxy_mode: 'Server-Only' }, { proxyMode: 'server_only' }],
    [{ ...MINIMAL, send_proxy_protocol: 'v1' }, { sendProxyProtocol: 1 }],
    [{ ...MINIMAL, domain_rewrite: 'from_backend' }, { domainRewrite: '10.0.1.5' }],
    [{ ...MINIMAL, domain_rewrite: { explicit: 'lobby.internal' } }, { domainRewrite: 'lobby.internal' }],
    [
      {
        ...MINIMAL,
        send_proxy_protocol: 'v2',
        proxy_protocol: {
          pass_tlvs: true,
          add_authority: true,
          add_unique_id: true,
          add_crc32c: true,
          max_header_size: 4096,
        },
      },
      {
        sendProxyProtocol: 2,
        proxyProtocol: { passTlvs: true, authority: true, uniqueId: true, crc32c: true, maxHeaderBytes: 4_096 },
      },
    ],
    [
      { ...MINIMAL, timeouts: { connect: '3s', login_answer: '20s', idle: '0s' } },
      { timeouts: { connectMs: 3_000, loginAnswerMs: 20_000, idleMs: 0 } },
    ],
  ]
  it.each(rows)('%j', (values, expected) => {
    expect(validateServer(definition(values), 'file')).toEqual({ server: { ...EXPECTED, ...expected }, warnings: [] })
  })
  it('that does not run needs no address', () => {
    const validated = validateServer(definition({ domains: ['a.example.com'] }, 'offline'), 'docker')
    expect(validated).toMatchObject({ server: { state: 'offline', addresses: [], provider: 'docker' } })
  })
  it('in mode full is an error with the two ways out', () => {
    const validated = validateServer(definition({ ...MINIMAL, proxy_mode: 'full' }), 'file')
    expect(validated).toMatchObject({ problems: [{ path: ['proxy_mode'] }] })
    expect(JSON.stringify(validated)).toMatch(/write \\"passthrough\\" where .* or \\"client_only\\" with/)
  })
  it('may come from the Rust Infrarust: what does nothing here is a warning each', () => {
    const values = {
      ...MINIMAL,
      network: 'main',
      limbo_handlers: ['auth'],
      timeouts: { connect: '3s', read: '30s', write: '30s' },
    }
    const validated = validateServer(definition(values), 'file')
    const warnings = 'server' in validated ? (validated.warnings ?? []) : []
    expect(warnings.map(({ path }) => path.join('.'))).toEqual([
      'network',
      'limbo_handlers',
      'timeouts.read',
      'timeouts.write',
    ])
    expect(warnings[0]?.message).toBe('network has no effect here: players are not moved from server to server here')
  })
})

describe('a definition that is no server', () => {
  // A file of servers may be called anything, and its name is the id of the server: in logs, tables and kick texts.
  it.each(['\x1b[31m', 'a\nb', 'a\x9b', 'a\u202eb'])('is one whose id would be its key %j', (key) => {
    const read = validateServer({ ...definition(MINIMAL), key }, 'file')
    expect('problems' in read && read.problems[0]?.message).toContain('control characters')
    expect(validateServer({ ...definition({ ...MINIMAL, id: 'survival' }), key }, 'file')).toHaveProperty('server')
    expect(validateServer(definition({ ...MINIMAL, id: key }), 'file')).toHaveProperty('problems')
  })

  const rows: readonly (readonly [values: ServerDefinition['values'], path: string, message: string])[] = [
    [
      { ...MINIMAL, send_proxy_protcol: true },
      'send_proxy_protcol',
      'unknown key "send_proxy_protcol"; did you mean "send_proxy_protocol"?',
    ],
    [{ domains: ['a'] }, 'addresses', 'addresses is missing; write where the server is'],
    [{ domains: ['a'], addresses: [] }, 'addresses', 'addresses is missing'],
    [
      { domains: ['a'], addresses: '10.0.0.1' },
      'addresses',
      'addresses is "10.0.0.1"; write a list of addresses, such as ["10.0.0.1"]',
    ],
    [{ addresses: ['a'] }, 'domains', 'domains is missing, so nobody can reach this server'],
    [{ ...MINIMAL, domains: [7] }, 'domains', 'domains holds 7; write a domain'],
    [
      { ...MINIMAL, proxy_mode: 'interceptd' },
      'proxy_mode',
      'proxy_mode is "interceptd"; did you mean "intercepted"? Or write one of "passthrough"',
    ],
    // What is missing for the reason that its key is misspelt is one mistake, not two.
    [{ domains: ['a'], adresses: ['10.0.0.1'] }, 'adresses', 'unknown key "adresses"; did you mean "addresses"?'],
    [{ domain: ['a'], addresses: ['10.0.0.1'] }, 'domain', 'unknown key "domain"; did you mean "domains"?'],
    [{ ...MINIMAL, id: '' }, 'id', 'id is ""; write a text'],
    [
      { ...MINIMAL, proxy_protocol: { add_crc32c: true } },
      'proxy_protocol',
      '[proxy_protocol] needs a version 2 header; write send_proxy_protocol = true',
    ],
    [
      { ...MINIMAL, send_proxy_protocol: 'v1', proxy_protocol: { pass_tlvs: true } },
      'proxy_protocol',
      '[proxy_protocol] needs a version 2 header',
    ],
  ]
  it.each(rows)('%j', (values, path, message) => {
    const validated = validateServer(definition(values), 'file')
    const problems = 'problems' in validated ? validated.problems : []
    expect(problems).toHaveLength(1)
    expect(problems[0]?.path.join('.')).toBe(path)
    expect(problems[0]?.message).toContain(message)
  })
})
