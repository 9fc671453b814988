import type { WrittenEngine } from '@infrarust/docker-engine/endpoint'

/** Where the containers are. */
export interface DockerPlace {
  /** What `[docker]` says of its engine; undefined in both where there is no such table. */
  readonly engine: WrittenEngine
  /** Where the relative paths of `[docker.tls]` begin. */
  readonly baseDir: string
  /** Where `DOCKER_HOST` and its like are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
}
