import { type GatewayReading, readGateway } from '@infrarust/core'
import { describe, expect, it } from 'vitest'
import { docker as builtIn } from '../src/index.ts'

const read = (written: object): GatewayReading => readGateway(written, { program: { builtIn: [builtIn] } })
const settingsOf = (docker: object): unknown => read({ docker }).config.builtInProviders[0]?.settings

describe('[docker]', () => {
  it('turns Docker on when it is empty, and leaves it off when it is absent', () => {
    expect(read({}).config.builtInProviders).toEqual([])
    expect(settingsOf({})).toEqual({
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
      isForwardingAllowed: false,
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
    const { config, problems } = read({ docker: { endpoint: written } })
    expect(problems).toEqual([])
    expect(config.builtInProviders).toMatchObject([{ settings: { endpoint } }])
  })

  it.each(['mc', 'mc.', ' mc.. '])('reads the label prefix %j without a dot behind it', (written) => {
    expect(settingsOf({ label_prefix: written })).toMatchObject({ labelPrefix: 'mc' })
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
    const { problems } = read({ docker })
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)])
  })
})
