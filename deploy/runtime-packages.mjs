/** Prints the folders of node_modules/.pnpm that the program needs to run, one a line. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const store = join(root, 'node_modules/.pnpm')
const seen = new Set()
follow(join(root, 'apps/infrarust'))
for (const folder of seen) if (folder.startsWith(store)) process.stdout.write(`${relative(root, folder)}\n`)

/** Follows what a package depends on through the links that pnpm has made beside it. */
function follow(folder) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    // Types are for compilers.
    if (name.startsWith('@types/')) continue
    const link = [join(folder, 'node_modules', name), join(siblings(folder), name)].find(existsSync)
    if (link === undefined) continue
    const real = realpathSync(link)
    // `.pnpm/<name>@<version>/node_modules`: the package and the links to what it needs.
    const place = real.startsWith(store) ? siblings(real) : real
    if (seen.has(place)) continue
    seen.add(place)
    follow(real)
  }
}

/** The node_modules in which a package lies, whether or not its name has a scope. */
function siblings(folder) {
  const parent = dirname(folder)
  return basename(parent).startsWith('@') ? dirname(parent) : parent
}
