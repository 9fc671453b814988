import { describe, expect, it } from 'vitest'
import { readGateway } from '../../src/index.ts'

describe('[docker]', () => {
  it('turns Docker on when it is empty, and leaves it off when it is absent', () => {
    expect(readGateway({}).config.docker).toBeUndefined()
    expect(readGateway({ docker: {} }).config.docker).toEqual({
      endpoint: undefined,
      tls: { ca: undefined, cert: undefined, key: undefined },
      network: undefined,
      pollIntervalMs: 30_000,
      reconnectDelayMs: 1_000,
      constraints: [],
      isExposedByDefault: false,
      usePublishedPorts: 'auto',
      allowedAddresses: [],
      domains: undefined,
      isDefaultAllowed: false,
      labelPrefix: 'infrarust',
      offlineMs: 300_000,
    })
  })

  const endpoints: readonly (readonly [written: string, endpoint: object])[] = [
    ['unix:///var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
    ['tcp://10.0.0.5:2376', { kind: 'tcp', host: '10.0.0.5', port: 2376, isTls: false }],
    ['tcp://socket-proxy', { kind: 'tcp', host: 'socket-proxy', port: 2375, isTls: false }],
    ['https://[2001:db8::1]', { kind: 'tcp', host: '2001:db8::1', port: 2376, isTls: true }],
  ]
  it.each(endpoints)('reads the endpoint %s', (written, endpoint) => {
    const { config, problems } = readGateway({ docker: { endpoint: written } })
    expect(problems).toEqual([])
    expect(config.docker?.endpoint).toEqual(endpoint)
  })

  it.each(['mc', 'mc.', ' mc.. '])('reads the label prefix %j without a dot behind it', (written) => {
    expect(readGateway({ docker: { label_prefix: written } }).config.docker?.labelPrefix).toBe('mc')
  })

  const wrong: readonly (readonly [docker: unknown, message: string])[] = [
    [{ endpoint: 'ssh://me@host' }, 'docker.endpoint is "ssh://me@host"; the proxy does not speak SSH'],
    [{ endpoint: 'unix://docker.sock' }, 'a socket has a whole path'],
    [{ endpoint: 'tcp://host:99999' }, 'write host and port'],
    [{ endpoint: '/var/run/docker.sock' }, 'write "unix:///var/run/docker.sock" or'],
    [{ endpont: 'unix:///x' }, 'unknown key "docker.endpont"; did you mean "endpoint"?'],
    [{ docker_host: 'unix:///x' }, 'unknown key "docker.docker_host"; write endpoint'],
    [{ constraints: ['=prod'] }, 'docker.constraints holds "=prod"; write a label'],
    [{ use_published_ports: 'never' }, 'write "auto", true or false'],
    [{ label_prefix: '.' }, 'docker.label_prefix is "."; write what labels begin with'],
    [{ poll_interval: 30 }, 'write a duration with its unit'],
    // It went into the log as it was.
    [{ endpoint: 'tcp://me:s3cret@host' }, 'docker.endpoint is "tcp://me:***@host"; write host and port'],
  ]
  it.each(wrong)('refuses %j', (docker, message) => {
    const { problems } = readGateway({ docker })
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)])
  })
})

describe('[[provider]]', () => {
  it('names a module and hands its options over as they are', () => {
    const options = { url: 'https://panel.example.com', 'any key': [1, { deep: true }] }
    const { config, problems } = readGateway({ provider: [{ use: './a.ts', options }, { use: 'some-package' }] })
    expect(problems).toEqual([])
    expect(config.providers).toEqual([
      { use: './a.ts', options },
      { use: 'some-package', options: {} },
    ])
  })
  it('must say which one is meant', () => {
    expect(readGateway({ provider: [{ options: {} }] }).problems).toEqual([
      { path: ['provider', '0'], message: '[[provider]] number 1 does not say which; add use = "./my-provider.ts"' },
    ])
  })
  it('refuses options that are no table, without repeating what may be a password', () => {
    expect(readGateway({ provider: [{ use: 'a', options: 's3cret' }] }).problems[0]?.message).toBe(
      'provider[0].options is no table; write a table',
    )
  })
})
