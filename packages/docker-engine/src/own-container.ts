import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { ListedContainer } from './engine.ts'

/**
 * What may be the id of the container that this process runs in, best first: whole ids, or their first 12 digits. None of
 * them is certain until an engine lists it.
 */
export async function ownContainerIds(): Promise<readonly string[]> {
  const mounts = await textOf('/proc/self/mountinfo')
  const groups = await textOf('/proc/self/cgroup')
  return ownContainerIdsIn(mounts, groups, hostname())
}

/**
 * @param mountinfo the engine mounts a container's own `hostname`, `hosts` and `resolv.conf` from a folder that bears its
 *   id; with `network_mode: container:…` from that of the other container, whose network it then is
 * @param cgroup bears the id with version 1, mostly nothing with version 2
 * @param hostName the first 12 digits of the id unless the user chose another
 */
export function ownContainerIdsIn(mountinfo: string, cgroup: string, hostName: string): readonly string[] {
  const mounted = mountinfo.matchAll(/\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\//g)
  const grouped = cgroup.matchAll(/[/-]([0-9a-f]{64})(?:\.scope)?$/gm)
  const ids = [...mounted, ...grouped].map(([, id]) => id ?? '')
  if (/^[0-9a-f]{12}$/.test(hostName)) ids.push(hostName)
  return [...new Set(ids)]
}

/** The one of them that this engine has. */
export function findOwnContainer(
  ids: readonly string[],
  listed: readonly ListedContainer[],
): ListedContainer | undefined {
  for (const id of ids) {
    const own = listed.find((container) => container.id.startsWith(id))
    if (own !== undefined) return own
  }
  return undefined
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // No Linux, or no /proc: then it is no Linux container either.
    return ''
  }
}
