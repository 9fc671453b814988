import { readFile, writeFile } from 'node:fs/promises'
import type { Server } from '@infrarust/core'
import type { Config } from '../program-keys.ts'

/** Keys of earlier versions that loaded and did nothing, each with what it does now. */
export interface NewlyActing {
  readonly key: string
  readonly line: string
}

/**
 * Which of the keys that have begun to act are written.
 *
 * @param defaults what a configuration says that says nothing
 */
export function newlyActing(
  { auth, forwarding }: Pick<Config, 'auth' | 'forwarding'>,
  defaults: Pick<Config, 'auth' | 'forwarding'>,
  servers: readonly Server[],
): readonly NewlyActing[] {
  const offline = servers.filter(({ proxyMode }) => proxyMode === 'offline')
  const forwarded = servers.filter(({ forwardingMode }) => forwardingMode !== undefined)
  return [
    ...(JSON.stringify(auth) === JSON.stringify(defaults.auth)
      ? []
      : [
          {
            key: 'auth',
            line: '[auth] in infrarust.toml acts now: by it players of client_only servers are authenticated',
          },
        ]),
    ...(JSON.stringify(forwarding) === JSON.stringify(defaults.forwarding)
      ? []
      : [
          {
            key: 'forwarding',
            line: `[forwarding] in infrarust.toml acts now: servers in client_only and offline are told who players are, by mode = "${forwarding.mode}"`,
          },
        ]),
    ...(forwarded.length === 0
      ? []
      : [
          {
            key: 'forwarding_mode',
            line: `forwarding_mode acts now, in ${sourcesOf(forwarded)}: the server is told in this way who players are`,
          },
        ]),
    ...(offline.length === 0
      ? []
      : [
          {
            key: 'proxy_mode.offline',
            line:
              `proxy_mode = "offline" acts now, in ${sourcesOf(offline)}: the proxy logs in for players, and nobody finds out ` +
              'whether they are who they say; it was another name for "passthrough", which a server with online-mode=true needs',
          },
        ]),
  ]
}

function sourcesOf(servers: readonly Server[]): string {
  const [first, second, third, ...others] = servers.map(({ source }) => source)
  const named = [first, second, third].filter((source) => source !== undefined).join(', ')
  return others.length === 0 ? named : `${named} and ${others.length} more`
}

/** The keys that were named before; none where the file is missing or is none of ours. */
export async function readNamed(path: string): Promise<ReadonlySet<string>> {
  try {
    const written: unknown = JSON.parse(await readFile(path, 'utf8'))
    return new Set(Array.isArray(written) ? written.filter((key) => typeof key === 'string') : [])
  } catch {
    // Then they are named once more, which does no harm.
    return new Set()
  }
}

/** @throws where it cannot be written */
export async function writeNamed(path: string, keys: ReadonlySet<string>): Promise<void> {
  await writeFile(path, `${JSON.stringify([...keys].sort())}\n`)
}
