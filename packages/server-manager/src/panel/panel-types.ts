import type { PowerContext, ServerManagerConfig, ServerPower, ServerPowerType } from '@infrarust/core/server-power'
import { loadedWhenUsed } from '../loaded-when-used.ts'
import type { PanelOptions } from './panel-client.ts'

/** `type = "pterodactyl"`: a server of a Pterodactyl or Pelican panel. */
export const pterodactylPower: ServerPowerType = panelPower('pterodactyl', async (options, serverId) => {
  const { PterodactylPower } = await import('../pterodactyl/pterodactyl-power.ts')
  return new PterodactylPower(options, serverId)
})

/** `type = "crafty"`: a server of Crafty Controller 4. */
export const craftyPower: ServerPowerType = panelPower('crafty', async (options, serverId) => {
  const { CraftyPower } = await import('../crafty/crafty-power.ts')
  return new CraftyPower(options, serverId)
})

function panelPower(
  type: string,
  open: (options: PanelOptions, serverId: string) => Promise<ServerPower>,
): ServerPowerType {
  return {
    type,
    codeFolder: new URL('..', import.meta.url).href,
    open: (config, context) => loadedWhenUsed(() => open(optionsOf(config, context), config.serverId ?? '')),
  }
}

/** The required ones are there: definitions without them are refused. */
function optionsOf(config: ServerManagerConfig, { folder }: PowerContext): PanelOptions {
  const { apiUrl = '', apiKey = '', caFile, insecure } = config
  return { apiUrl, apiKey, caFile, insecure, folder }
}
