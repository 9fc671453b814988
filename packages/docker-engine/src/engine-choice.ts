import { homedir } from 'node:os'
import { join } from 'node:path'
import { endpointText } from '@infrarust/core'
import { type DockerEndpoint, dockerEndpoint } from './docker-endpoint.ts'
import type { DockerTls } from './docker-tls.ts'

const DEFAULT_ENDPOINT: DockerEndpoint = { kind: 'unix', socketPath: '/var/run/docker.sock' }

/** The engine and how it is spoken to; or why the environment names none. */
export type EngineChoice =
  | { readonly kind: 'engine'; readonly endpoint: DockerEndpoint; readonly tls: DockerTls }
  | { readonly kind: 'fault'; readonly problem: string }

/** What is written about the engine, in a file or nowhere. */
export interface WrittenEngine {
  readonly endpoint: DockerEndpoint | undefined
  readonly tls: DockerTls
}

/**
 * Which engine is meant: the one that is written, else that of the environment, else the local one.
 *
 * @param environment `DOCKER_HOST`; with `DOCKER_TLS_VERIFY` also `DOCKER_CERT_PATH`, else the folder of the `docker`
 *   command's own configuration, with the three files that it reads there: whoever asks for TLS never gets plain text
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function chooseEngine(
  { endpoint, tls }: WrittenEngine,
  environment: Readonly<Record<string, string | undefined>>,
): EngineChoice {
  if (endpoint !== undefined) return { kind: 'engine', endpoint, tls }
  const { DOCKER_HOST: host = '', DOCKER_TLS_VERIFY: verify = '' } = environment
  if (host === '') return { kind: 'engine', endpoint: DEFAULT_ENDPOINT, tls }
  const reading = dockerEndpoint.read(host)
  if (reading.kind === 'fault') return { kind: 'fault', problem: `DOCKER_HOST ${reading.fault}` }
  const hasOwnTls = Object.values(tls).some((path) => path !== undefined)
  if (reading.value.kind === 'unix' || hasOwnTls || verify === '')
    return { kind: 'engine', endpoint: reading.value, tls }
  const folder =
    environment.DOCKER_CERT_PATH || environment.DOCKER_CONFIG || join(environment.HOME ?? homedir(), '.docker')
  const file = (name: string) => join(folder, name)
  return {
    kind: 'engine',
    endpoint: reading.value,
    tls: { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') },
  }
}

/** The endpoint as an operator would write it. */
export function endpointName(endpoint: DockerEndpoint): string {
  return endpoint.kind === 'unix' ? `unix://${endpoint.socketPath}` : `tcp://${endpointText(endpoint)}`
}
