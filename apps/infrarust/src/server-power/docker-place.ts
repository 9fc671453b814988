import { engineOf } from '@infrarust/config-docker'
import type { GatewayConfig } from '@infrarust/core'
import type { DockerPlace } from '@infrarust/server-manager'

/** Where the containers are that servers of this configuration are. */
export function dockerPlace(
  { builtInProviders }: Pick<GatewayConfig, 'builtInProviders'>,
  baseDir: string,
): DockerPlace {
  return { engine: engineOf(builtInProviders), baseDir, environment: process.env }
}
