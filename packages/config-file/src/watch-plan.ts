import { lstat, readlink } from 'node:fs/promises'
import { join, parse, resolve, sep } from 'node:path'

/** Names whose creation, change or removal matters, by the folder that they are in. */
export type WatchPlan = Map<string, Set<string>>

/** Linux follows no more in one path. */
const LONGEST_CHAIN = 40

/**
 * Adds every name on the way to a path: each folder above it, each symbolic link, and what those lead to. A swap of any of
 * them changes what the path means: a rename over the file, a ConfigMap's `..data`, a `servers` that links to a release.
 */
export async function planWatch(path: string, plan: WatchPlan): Promise<void> {
  const { root } = parse(resolve(path))
  let folder = root
  let rest = partsOf(resolve(path), root)
  let links = 0
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    addName(plan, folder, name)
    const here = join(folder, name)
    const target = await linkTarget(here)
    if (target.kind === 'absent') return
    if (target.kind === 'entry') {
      folder = here
      continue
    }
    links++
    if (links > LONGEST_CHAIN) return
    rest = [...partsOf(resolve(folder, target.to), root), ...rest]
    folder = root
  }
}

function addName(plan: WatchPlan, folder: string, name: string): void {
  const names = plan.get(folder) ?? new Set()
  names.add(name)
  plan.set(folder, names)
}

function partsOf(path: string, root: string): string[] {
  return path
    .slice(root.length)
    .split(sep)
    .filter((part) => part !== '')
}

type Target = { readonly kind: 'absent' } | { readonly kind: 'entry' } | { readonly kind: 'link'; readonly to: string }

async function linkTarget(path: string): Promise<Target> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink()
    return isLink ? { kind: 'link', to: await readlink(path) } : { kind: 'entry' }
  } catch {
    return { kind: 'absent' }
  }
}
