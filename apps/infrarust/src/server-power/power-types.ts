import type { ServerPowerType } from '@infrarust/core/server-power'
import {
  command,
  crafty,
  type DockerPlace,
  docker,
  local,
  type ModuleCode,
  moduleType,
  pterodactyl,
} from '@infrarust/server-manager'

/**
 * The kinds of power that are part of this program: what `type` in `[server_manager]` may name.
 *
 * @param place   where the containers are, asked anew for each connection to their engine
 * @param modules how modules run that the configuration names by their path
 */
export function powerTypes(place: () => DockerPlace, modules: ModuleCode): readonly ServerPowerType[] {
  return [local, command, ...powersOfOthers(place, modules)]
}

/** Those of them that somebody else runs: whoever asks them need not be the proxy that has started the server. */
export function powersOfOthers(place: () => DockerPlace, modules: ModuleCode): readonly ServerPowerType[] {
  return [docker(place), pterodactyl, crafty, moduleType(modules)]
}
