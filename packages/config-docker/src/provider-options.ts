import type { DockerConfig } from './docker-keys.ts'

export interface DockerProviderOptions {
  /** What `[docker]` says, defaults filled in. */
  readonly config: DockerConfig
  /** Where the relative paths of `[docker.tls]` begin: the folder of `infrarust.toml`. Default: the working directory. */
  readonly baseDir?: string
  /** Where `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` are looked up. Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}
