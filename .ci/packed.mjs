/**
 * What a stranger gets: every published package is packed, all are installed together into an empty project with plain
 * npm, every entry is type-checked there (strict, nodenext, declarations included) and imported, the examples of the
 * documentation are type-checked against these types, and the program runs.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack, publishedPackages, root } from './published.mjs'

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: ['node'],
    noEmit: true,
    allowImportingTsExtensions: true,
  },
  files: ['entries.ts'],
}

const place = mkdtempSync(join(tmpdir(), 'infrarust-packed-'))
const project = join(place, 'project')
mkdirSync(project)
try {
  const packages = publishedPackages()
  const tarballs = packages.map(({ folder }) => pack(folder, join(place, 'tarballs')))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs])

  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => join(manifest.name, entry)),
  )
  const [suites, others] = [true, false].map((are) => entries.filter((entry) => entry.endsWith('/testing') === are))
  resolveAll(others)
  // Contract suites run in the vitest of whoever calls them, which nothing else may need.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `vitest@${vitestVersion(packages)}`])
  resolveAll(suites)
  const examples = checkExamples()
  run(process.execPath, ['node_modules/infrarust/bin/infrarust.js', '--version'])
  process.stdout.write(
    `${entries.length} entries of ${packages.length} packages resolve, ${examples} examples are of their types\n`,
  )
} finally {
  rmSync(place, { recursive: true })
}

/** Type-checks and imports these entries. */
function resolveAll(entries) {
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  writeFileSync(join(project, 'entries.ts'), entries.map(importing).join(''))
  run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'])
  run(process.execPath, ['entries.ts'])
}

/** Type-checks the files that pages of the documentation show. @returns how many there are */
function checkExamples() {
  cpSync(join(root, 'docs/examples'), join(project, 'examples'), { recursive: true })
  const files = globSync('examples/*.ts', { cwd: project })
  if (files.length === 0) throw new Error('docs/examples has no example')
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ ...TSCONFIG, files }))
  run(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'])
  return files.length
}

function vitestVersion(packages) {
  return packages.find(({ manifest }) => manifest.name === '@infrarust/core').manifest.devDependencies.vitest
}

/** Something from each namespace is used, or the compiler would leave the import out. */
function importing(entry, index) {
  return `import * as entry${index} from '${entry}'\nconsole.log('${entry}', Object.keys(entry${index}).length, 'exports')\n`
}

/** Without what pnpm puts into the environment: the project has to stand on its own. */
function run(command, args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_PATH$)/i.test(name)))
  execFileSync(command, args, { cwd: project, stdio: 'inherit', env })
}
