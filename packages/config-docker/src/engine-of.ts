import type { ConfiguredProvider } from '@infrarust/core/provider'
import type { WrittenEngine } from '@infrarust/docker-engine/endpoint'
import { docker } from './built-in.ts'
import type { DockerConfig } from './docker-keys.ts'

/** The engine that `[docker]` names, for who starts and stops its containers; without the table it names none. */
export function engineOf(providers: readonly ConfiguredProvider[]): WrittenEngine {
  const settings = providers.find(({ name }) => name === docker.name)?.settings
  return isDockerConfig(settings) ? { endpoint: settings.endpoint, tls: settings.tls } : NO_ENGINE
}

const NO_ENGINE: WrittenEngine = { endpoint: undefined, tls: { ca: undefined, cert: undefined, key: undefined } }

/** What `docker.configure` has read. */
function isDockerConfig(settings: unknown): settings is DockerConfig {
  return typeof settings === 'object' && settings !== null && 'endpoint' in settings && 'tls' in settings
}
