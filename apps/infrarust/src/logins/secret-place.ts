import { resolve } from 'node:path'
import { forwardingOf, logsInForPlayers, type Server } from '@infrarust/core'
import { dataPaths } from '../data-paths.ts'
import type { Config } from '../program-keys.ts'

/** The variable in which Velocity, too, takes its secret. */
export const SECRET_VARIABLE = 'VELOCITY_FORWARDING_SECRET'

/** Where the secret is that a server shares with the proxy. */
export type SecretPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'variable'; readonly text: string }
  /** Absolute. */
  | { readonly kind: 'file'; readonly path: string }

export interface SecretSources {
  readonly config: Pick<Config, 'forwarding' | 'dataDir' | 'ban' | 'control'>
  /** Absolute. */
  readonly configFile: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Where the secret of a server is; none where it needs none. */
export function secretPlaceOf(server: Server, { config, configFile, environment }: SecretSources): SecretPlace {
  const kind = forwardingOf(server, config.forwarding.mode)
  if (!logsInForPlayers(server.proxyMode) || kind === 'none' || kind === 'bungeecord') return { kind: 'none' }
  const text = environment[SECRET_VARIABLE]
  // The variable is the secret of the whole proxy; a server that has its own was given it to share it with no other.
  if (server.secretFile === undefined && text !== undefined && text !== '') return { kind: 'variable', text }
  const { folder } = dataPaths(config, configFile)
  return { kind: 'file', path: resolve(folder, server.secretFile ?? config.forwarding.secretFile) }
}

/**
 * Says of a server that it is told nothing of its players although `[forwarding]` would have it so.
 *
 * @returns undefined where it is told what is written
 */
export function withheldFrom(server: Server, { forwarding }: SecretSources['config']): string | undefined {
  const wanted = server.forwardingMode ?? forwarding.mode
  if (!logsInForPlayers(server.proxyMode) || forwardingOf(server, forwarding.mode) === wanted) return undefined
  const why =
    server.forwardingGrant === 'none'
      ? 'labels and providers are told who players are only where the operator allows it: forwarding = true in [docker]'
      : 'its token never goes to the server of a label or a provider: write mode = "velocity", or that server in a file of its own'
  return `server "${server.id}" (${server.source}) is told nothing of its players by mode = "${wanted}" of [forwarding]; ${why}`
}
