import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { finished, folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { applied, copyTree, type Walk, walkOf } from './walk.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CORE = 'packages/core'
const PROGRAM = 'apps/infrarust'
const WALKS: readonly (readonly [page: string, walk: Walk])[] = [
  'docs/add-a-policy.md',
  'docs/add-a-key.md',
  'docs/add-a-verb.md',
].map((page) => [page, walkOf(readFileSync(join(ROOT, page), 'utf8'))])
/** Those that know all folders, reasons, keys or defaults: they fail where a page has left one out. */
const OF_ALL = [
  'layers',
  'record/reasons',
  'config/key-tables',
  'gateway-config/read-gateway',
  'server',
  'connection/dial',
]

function follow({ files, changes }: Walk, folder: string): void {
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text, { flag: 'wx' })
  }
  for (const change of changes) {
    const path = join(folder, change.file)
    writeFileSync(path, applied(change, readFileSync(path, 'utf8')))
  }
}

/** Runs a file of JavaScript; the test fails with what it has printed. */
async function run(cwd: string, ...args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
  const { code, stdout, stderr } = await finished(process.execPath, args, { cwd, env })
  expect(code, `${args.join(' ')}\n${stdout}${stderr}`).toBe(0)
}

describe('the walks of the documentation', () => {
  it.each(WALKS)('has in %s files, changes, and a test of its own', (_, { files, changes }) => {
    expect(changes).not.toEqual([])
    expect([...files.keys()].filter((file) => file.endsWith('.test.ts'))).not.toEqual([])
  })

  it.each(WALKS)('have in %s only changes of lines that are there', (_, { changes }) => {
    const texts = new Map(changes.map(({ file }) => [file, readFileSync(join(ROOT, file), 'utf8')]))
    for (const change of changes) texts.set(change.file, applied(change, texts.get(change.file) ?? ''))
  })

  // All of them in one copy: it is the building that takes the time.
  it('can be followed in a copy of the tree, which then builds and passes the tests of the pages', async () => {
    const copy = folderWith()
    copyTree(ROOT, copy)
    for (const [, walk] of WALKS) follow(walk, copy)

    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    await run(copy, tsc, '-b', 'apps/infrarust')
    await run(copy, tsc, '-p', `${CORE}/tsconfig.test.json`)
    await run(copy, `${CORE}/test/record/write-reasons.ts`)
    for (const place of ['apps/infrarust', 'packages/config-docker'])
      await run(join(copy, place), 'scripts/write-reference.ts')
    for (const key of ['oldest_protocol', 'half_closed'])
      expect(readFileSync(join(copy, 'docs/servers.md'), 'utf8')).toContain(`\`${key}\``)

    const touched = WALKS.flatMap(([, { files, changes }]) => [...files.keys(), ...changes.map(({ file }) => file)])
    const sources = [...new Set(touched)].filter((file) => file.endsWith('.ts'))
    const ownOf = (place: string): readonly string[] =>
      sources.filter((file) => file.startsWith(place) && file.endsWith('.test.ts')).map((file) => relative(place, file))
    const vitest = join(ROOT, CORE, 'node_modules/vitest/vitest.mjs')
    await run(join(copy, CORE), vitest, 'run', ...ownOf(CORE), ...OF_ALL.map((name) => `test/${name}`))
    await run(join(copy, PROGRAM), vitest, 'run', ...ownOf(PROGRAM))
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
    await run(copy, biome, 'check', '--vcs-enabled=false', ...sources)
  }, 180_000)
})

describe('a change of a walk', () => {
  const [change] = walkOf('```diff\n+++ a.ts\n one\n-two\n+2\n```\n').changes

  it('takes the place of its lines', () => {
    expect(change && applied(change, 'zero\none\ntwo\nthree\n')).toBe('zero\none\n2\nthree\n')
  })
  it.each(['one\nthree\n', 'none\ntwo\n', 'one\ntwo\none\ntwo\n'])(
    'fails where its lines are not there once: %j',
    (text) => {
      expect(() => change && applied(change, text)).toThrow('a.ts has')
    },
  )
})
