/**
 * The packages that are published, and how they are packed: what the two packaging checks share.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Folder and package.json of each package that is not private. */
export function publishedPackages() {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .sort()
    .map((file) => ({
      folder: join(root, dirname(file)),
      manifest: JSON.parse(readFileSync(join(root, file), 'utf8')),
    }))
    .filter(({ manifest }) => !manifest.private)
}

/** Packs one as `pnpm publish` would (`workspace:` turned into versions) and gives the path of the tarball. */
export function pack(folder, destination) {
  mkdirSync(destination, { recursive: true })
  const answer = execFileSync('pnpm', ['pack', '--json', '--pack-destination', destination], {
    cwd: folder,
    encoding: 'utf8',
  })
  return JSON.parse(answer).filename
}
