import type { PowerContext, ServerManagerConfig, ServerPower, ServerPowerType } from '@infrarust/core/server-power'
import { loadedWhenUsed } from '../loaded-when-used.ts'
import type { PanelOptions } from './panel-client.ts'

/** The panel keeps an answer for 20 s; a few more for the node and for our own question. */
const PTERODACTYL_STALE_MS = 25_000

/** Crafty looks at its servers every 30 s, and carries out an order when it comes to it. */
const CRAFTY_STALE_MS = 45_000

/** `type = "pterodactyl"`: a server of a Pterodactyl or Pelican panel. */
export const pterodactyl: ServerPowerType = panelPower(
  'pterodactyl',
  PTERODACTYL_STALE_MS,
  async (options, serverId) => {
    const { PterodactylPower } = await import('../pterodactyl/pterodactyl-power.ts')
    return new PterodactylPower(options, serverId)
  },
)

/** `type = "crafty"`: a server of Crafty Controller 4. */
export const crafty: ServerPowerType = panelPower('crafty', CRAFTY_STALE_MS, async (options, serverId) => {
  const { CraftyPower } = await import('../crafty/crafty-power.ts')
  return new CraftyPower(options, serverId)
})

function panelPower(
  type: 'pterodactyl' | 'crafty',
  staleMs: number,
  open: (options: PanelOptions, serverId: string) => Promise<ServerPower>,
): ServerPowerType {
  return {
    type,
    codeFolder: new URL('..', import.meta.url).href,
    open: (config, context) =>
      loadedWhenUsed(() => open(optionsOf(config, context), config.serverId ?? ''), {
        staleMs,
        pollMs: config.pollIntervalMs,
        hasLog: false,
      }),
  }
}

/** The required ones are there: definitions without them are refused. */
function optionsOf(config: ServerManagerConfig, { folder }: PowerContext): PanelOptions {
  const { apiUrl = '', apiKey = '', caFile, insecure } = config
  return { apiUrl, apiKey, caFile, insecure, folder }
}
