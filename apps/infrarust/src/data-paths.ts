import { dirname, resolve } from 'node:path'
import { type BanPlace, findBanPlace } from './ban/ban-stores.ts'
import type { Config } from './program-keys.ts'

/** Where the proxy and its commands meet: both find it from the configuration alone. */
export interface DataPaths {
  /** Absolute: where relative paths of what the proxy keeps begin. */
  readonly folder: string
  readonly bans: BanPlace
  readonly controlSocket: string
  /** Which servers are in maintenance. */
  readonly maintenance: string
  /** Which keys were named because they do something now. */
  readonly keysNamed: string
  /** The key of `[web]`, where nobody has written one. */
  readonly webKey: string
  /** The folder of what is kept of servers that sleep. */
  readonly servers: string
}

/**
 * @param configFile absolute; need not be there
 * @param stateDirectory what systemd has set as `$STATE_DIRECTORY`: several folders are separated by colons
 */
export function dataPaths(
  { dataDir, ban, control }: Pick<Config, 'dataDir' | 'ban' | 'control'>,
  configFile: string,
  stateDirectory: string | undefined = process.env.STATE_DIRECTORY,
): DataPaths {
  const folder = resolve(dirname(configFile), dataDir ?? (stateDirectory?.split(':')[0] || '.'))
  const bans = findBanPlace(ban.file, folder)
  // Whoever read the configuration has refused it.
  if (bans === undefined) throw new Error(`no store keeps bans at ${ban.file}`)
  return {
    folder,
    bans,
    controlSocket: resolve(folder, control.socket),
    maintenance: resolve(folder, 'maintenance.json'),
    keysNamed: resolve(folder, 'keys-named.json'),
    webKey: resolve(folder, 'web.key'),
    servers: resolve(folder, 'server-manager'),
  }
}
