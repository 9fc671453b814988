import type { ServerPowerType } from '@infrarust/core/server-power'
import { loadedWhenUsed } from '../loaded-when-used.ts'
import type { DockerPlace } from './docker-place.ts'
import type { SharedEngine } from './shared-engine.ts'

/**
 * `type = "docker"`: the server is a container.
 *
 * @param place asked anew for each connection to the engine: `[docker]` may change under a running proxy
 */
export function docker(place: () => DockerPlace): ServerPowerType {
  let shared: Promise<SharedEngine> | undefined
  const engine = (): Promise<SharedEngine> => {
    shared ??= import('./shared-engine.ts').then(({ SharedEngine }) => new SharedEngine(place))
    return shared
  }
  return {
    type: 'docker',
    codeFolder: new URL('..', import.meta.url).href,
    open: ({ container = '', pause }) =>
      loadedWhenUsed(
        async () => {
          const { ContainerPower } = await import('./container-power.ts')
          return new ContainerPower(await engine(), { name: container, isPaused: pause })
        },
        { hasLog: true },
      ),
  }
}
