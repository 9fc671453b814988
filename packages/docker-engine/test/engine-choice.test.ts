import { describe, expect, it } from 'vitest'
import { dockerEndpoint } from '../src/docker-endpoint.ts'
import type { DockerTls } from '../src/docker-tls.ts'
import { chooseEngine, endpointName } from '../src/engine-choice.ts'

const NO_TLS: DockerTls = { ca: undefined, cert: undefined, key: undefined }
const OWN_TLS: DockerTls = { ...NO_TLS, ca: 'own.pem' }
const filesIn = (folder: string): DockerTls => ({
  ca: `${folder}/ca.pem`,
  cert: `${folder}/cert.pem`,
  key: `${folder}/key.pem`,
})

const SOCKET = 'unix:///run/user/1000/docker.sock'
const REMOTE = 'tcp://10.0.0.5:2376'

interface Row {
  readonly configured?: string
  readonly tls?: DockerTls
  readonly environment: Readonly<Record<string, string>>
  readonly endpoint: string
  readonly expected: DockerTls
}

describe('the engine', () => {
  const rows: readonly (readonly [title: string, row: Row])[] = [
    ['is the local one', { environment: {}, endpoint: 'unix:///var/run/docker.sock', expected: NO_TLS }],
    ['is that of the environment', { environment: { DOCKER_HOST: SOCKET }, endpoint: SOCKET, expected: NO_TLS }],
    [
      'is that of [docker] before the one of the environment',
      {
        configured: SOCKET,
        environment: { DOCKER_HOST: REMOTE, DOCKER_TLS_VERIFY: '1' },
        endpoint: SOCKET,
        expected: NO_TLS,
      },
    ],
    [
      'is checked with the files that the environment names',
      {
        environment: { DOCKER_HOST: REMOTE, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs', HOME: '/root' },
        endpoint: REMOTE,
        expected: filesIn('/certs'),
      },
    ],
    [
      'is checked with the files of the docker command where none are named',
      {
        environment: { DOCKER_HOST: REMOTE, DOCKER_TLS_VERIFY: '1', HOME: '/home/steve' },
        endpoint: REMOTE,
        expected: filesIn('/home/steve/.docker'),
      },
    ],
    [
      'is checked with the files in another folder of the docker command',
      {
        environment: { DOCKER_HOST: REMOTE, DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/config', HOME: '/home/steve' },
        endpoint: REMOTE,
        expected: filesIn('/config'),
      },
    ],
    [
      'is checked with the files of [docker.tls] before those',
      {
        tls: OWN_TLS,
        environment: { DOCKER_HOST: REMOTE, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
        endpoint: REMOTE,
        expected: OWN_TLS,
      },
    ],
    [
      'needs no files on a socket',
      {
        environment: { DOCKER_HOST: SOCKET, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
        endpoint: SOCKET,
        expected: NO_TLS,
      },
    ],
    [
      'is not checked where nobody asks for it',
      { environment: { DOCKER_HOST: REMOTE, DOCKER_CERT_PATH: '/certs' }, endpoint: REMOTE, expected: NO_TLS },
    ],
  ]
  it.each(rows)('%s', (_title, { configured, tls = NO_TLS, environment, endpoint, expected }) => {
    const reading = dockerEndpoint.read(configured)
    const chosen = chooseEngine({ endpoint: reading.kind === 'value' ? reading.value : undefined, tls }, environment)
    if (chosen.kind === 'fault') throw new Error(chosen.problem)
    expect({ endpoint: endpointName(chosen.endpoint), tls: chosen.tls }).toEqual({ endpoint, tls: expected })
  })

  it.each(['ssh://me@host', 'npipe:////./pipe/docker_engine', '/var/run/docker.sock', 'tcp://'])(
    'cannot be %s, and the fault names DOCKER_HOST',
    (host) => {
      const chosen = chooseEngine({ endpoint: undefined, tls: NO_TLS }, { DOCKER_HOST: host })
      expect(chosen).toMatchObject({ kind: 'fault', problem: expect.stringContaining(`DOCKER_HOST is "${host}"; `) })
    },
  )
})
