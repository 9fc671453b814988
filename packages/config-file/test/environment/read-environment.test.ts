import { gatewayKeys, type ProgramKeys } from '@infrarust/core'
import { keyTable, list, text } from '@infrarust/core/provider'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/environment/read-environment.ts'
import { defaultGatewayConfig, type Environment } from '../../src/index.ts'

function warningsOf(environment: Environment): readonly string[] {
  const { warnings, problems } = readEnvironment(gatewayKeys(), environment)
  expect(problems).toEqual([])
  return warnings.map(({ variable, message }) => `${variable}: ${message}`)
}

describe('a variable that is no key', () => {
  it.each([
    ['INFRARUST_BNID', 'is no key, and does nothing; did you mean INFRARUST_BIND?'],
    ['INFRARUST_bind', 'is no key, and does nothing; did you mean INFRARUST_BIND?'],
    [
      'INFRARUST_PROXY_PROTOCOL_TRUSTED',
      'is no key, and does nothing; did you mean INFRARUST_PROXY_PROTOCOL__TRUSTED?',
    ],
    ['INFRARUST_LISTENER__1__BIMD', 'is no key, and does nothing; did you mean INFRARUST_LISTENER__1__BIND?'],
    ['INFRARUST_LISTENER__BIND', 'is no key, and does nothing; did you mean INFRARUST_LISTENER__0__BIND?'],
    ['INFRARUST_CONFIG', 'is no key, and does nothing; the file is named by --config'],
    ['INFRARUST_WORKER_THREADS', expect.stringMatching(/^has no effect here: /)],
    ['INFRARUST_DOMAINS', expect.stringContaining('it is a key of a server; write it in a file of its own')],
    ['INFRARUST_', 'is no key, and does nothing'],
    ['INFRARUST___', 'is no key, and does nothing'],
  ])('%s has a warning with what was meant', (variable, message) => {
    const { warnings } = readEnvironment(gatewayKeys(), { [variable]: '0.0.0.0:1' })
    expect(warnings).toEqual([{ variable, message }])
  })
  // A service called infrarust makes Kubernetes inject each of these into every container of its namespace.
  it('is passed over where Kubernetes has put it there, for the service of our name and those whose name begins with it', () => {
    expect(
      warningsOf({
        INFRARUST_SERVICE_HOST: '10.96.0.7',
        INFRARUST_SERVICE_PORT: '25565',
        INFRARUST_SERVICE_PORT_MINECRAFT: '25565',
        INFRARUST_PORT: 'tcp://10.96.0.7:25565',
        INFRARUST_PORT_25565_TCP: 'tcp://10.96.0.7:25565',
        INFRARUST_PORT_25565_TCP_PROTO: 'tcp',
        INFRARUST_PORT_25565_TCP_PORT: '25565',
        INFRARUST_PORT_25565_TCP_ADDR: '10.96.0.7',
        INFRARUST_METRICS_SERVICE_HOST: '10.96.0.8',
        INFRARUST_METRICS_PORT: 'tcp://10.96.0.8:9100',
        INFRARUST_METRICS_PORT_9100_TCP: 'tcp://10.96.0.8:9100',
      }),
    ).toEqual([])
  })
  it('is passed over where it is one of our own', () => {
    expect(warningsOf({ INFRARUST_LAUNCHER: '17', INFRARUST_NATIVE_DIR: '/x', PATH: '/bin' })).toEqual([])
  })
  // They look like what Kubernetes injects, and would have been passed over without a word.
  it('is told where it only looks like one of those', () => {
    expect(warningsOf({ INFRARUST_PORT: '25565' })).toEqual([
      'INFRARUST_PORT: is no key, and does nothing; where the proxy listens is said by bind = "0.0.0.0:25565"',
    ])
    expect(warningsOf({ INFRARUST_ADMIN__PORT: '9100' })).toHaveLength(1)
  })
})

describe('a key whose name ends as what Kubernetes injects', () => {
  const tables = keyTable<{ readonly a: string | undefined; readonly b: readonly string[] | undefined }>({
    a: { ...rowOf('query_port'), type: text({ maxLength: 60 }) },
    b: { ...rowOf('my_service_hosts'), type: list(text({ maxLength: 60 }), 'names') },
  })
  const program: ProgramKeys<{ readonly a: string | undefined; readonly b: readonly string[] | undefined }> = { tables }

  it('counts', () => {
    const environment = { INFRARUST_QUERY_PORT: '25565', INFRARUST_MY_SERVICE_HOSTS: 'a, b' }
    const loaded = defaultGatewayConfig('/', { environment }, program)
    expect(loaded).toMatchObject({ kind: 'config', config: { a: '25565', b: ['a', 'b'] }, warnings: [] })
  })
  it('is none at the outermost level today, so that no service can be taken for one', () => {
    const names = gatewayKeys().rows.map(([, { name }]) => name)
    expect(names.filter((name) => /(^|_)(service|port)(_|$)/.test(name))).toEqual([])
  })
})

function rowOf(name: string) {
  return {
    kind: 'key',
    from: 'operator',
    name,
    default: undefined,
    absent: 'nothing',
    description: 'A key.',
    example: 'x',
    reload: 'live',
  } as const
}

describe('what a variable holds', () => {
  const given = (variable: string, content: string): unknown =>
    readEnvironment(gatewayKeys(), { [variable]: content }).given[0]?.value

  it.each([
    ['INFRARUST_MAX_CONNECTIONS', '1000', 1_000],
    ['INFRARUST_RECEIVE_PROXY_PROTOCOL', 'true', true],
    ['INFRARUST_RECEIVE_PROXY_PROTOCOL', 'yes', true],
    ['INFRARUST_SHUTDOWN_TIMEOUT', '1m 30s', '1m 30s'],
    ['INFRARUST_BIND', '[::]:25565', '[::]:25565'],
    ['INFRARUST_BIND', '"0.0.0.0:25565"', '0.0.0.0:25565'],
    ['INFRARUST_PROXY_PROTOCOL__TRUSTED', '10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['INFRARUST_PROXY_PROTOCOL__TRUSTED', '["10.0.0.0/8", "::1"]', ['10.0.0.0/8', '::1']],
    ['INFRARUST_PROXY_PROTOCOL__TRUSTED', '[]', []],
    ['INFRARUST_LISTENER', '[{ bind = "0.0.0.0:1" }]', [{ bind: '0.0.0.0:1' }]],
    ['INFRARUST_TIMEOUTS', '{ connect = "1s" }', { connect: '1s' }],
  ])('%s = %s', (variable, content, value) => expect(given(variable, content)).toEqual(value))

  // Taken for one that is not there, `trusted` would have believed everybody.
  it.each(['INFRARUST_PROXY_PROTOCOL__TRUSTED', 'INFRARUST_BIND', 'INFRARUST_LISTENER'])(
    'may not be nothing: %s',
    (variable) => {
      for (const nothing of ['', '  \n'])
        expect(readEnvironment(gatewayKeys(), { [variable]: nothing })).toEqual({
          given: [],
          problems: [{ variable, message: 'is empty; give it a value, or take it out of the environment' }],
          warnings: [],
        })
    },
  )
  it('is refused for a table as a whole, with the names of its keys', () => {
    expect(readEnvironment(gatewayKeys(), { INFRARUST_TRANSPORT: 'native' }).problems).toEqual([
      {
        variable: 'INFRARUST_TRANSPORT',
        message: expect.stringMatching(
          /^is a table and has no value of its own; its keys are INFRARUST_TRANSPORT__KIND, INFRARUST_TRANSPORT__/,
        ),
      },
    ])
  })
  it('cannot bring a second key with it', () => {
    expect(given('INFRARUST_PROXY_PROTOCOL__TRUSTED', '[]\nmode = "off"')).not.toEqual([])
  })
})
