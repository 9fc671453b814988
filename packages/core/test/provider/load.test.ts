import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { loadProvider } from '../../src/entries/provider.ts'

const baseDir = folderWith({}, afterAll)

const FACTORY = '(options, { baseDir }) => ({ name: options.name + " of " + baseDir, start() {} })'

describe('a custom provider', () => {
  it.each([
    ['a default export', 'a.mjs', `export default ${FACTORY}`],
    ['an export named provider', 'b.mjs', `export const provider = ${FACTORY}`],
    ['an async factory', 'c.mjs', `export default async ${FACTORY}`],
    ['CommonJS', 'd.cjs', `module.exports = ${FACTORY}`],
    [
      'TypeScript',
      'e.ts',
      `const make = (options: { name: string }, context: { baseDir: string }) => (${FACTORY})(options, context)\nexport default make`,
    ],
  ])('is loaded from %s, by path', async (_title, file, code) => {
    await put(file, code)
    for (const specifier of [`./${file}`, join(baseDir, file), pathToFileURL(join(baseDir, file)).href])
      expect(await loadProvider(specifier, { name: 'mine' }, baseDir)).toMatchObject({
        kind: 'provider',
        provider: { name: `mine of ${baseDir}` },
      })
  })

  it.each([
    ['main', { main: './index.js' }],
    ['exports for everybody', { exports: './index.js' }],
    ['exports for import alone', { exports: { '.': { types: './index.d.ts', import: { default: './index.js' } } } }],
  ])('is loaded by the name of a package with %s', async (title, manifest) => {
    const name = `@strangers/${title.replaceAll(' ', '-')}`
    await put(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', ...manifest }))
    await put(`node_modules/${name}/index.js`, `export default ${FACTORY}`)
    expect(await loadProvider(name, { name: 'theirs' }, baseDir)).toMatchObject({
      kind: 'provider',
      provider: { name: `theirs of ${baseDir}` },
    })
  })

  it.each([
    ['./missing.mjs', undefined, /^provider ".\/missing.mjs" cannot be loaded: Cannot find module '[^ ]*missing.mjs'$/],
    [
      'not-installed-anywhere',
      undefined,
      /^provider "not-installed-anywhere" cannot be loaded: Cannot find package 'not-installed-anywhere'$/,
    ],
    ['./syntax.mjs', 'export default (', /^provider ".\/syntax.mjs" cannot be loaded: /],
    ['./throws.mjs', 'throw new Error("no database")', /cannot be loaded: no database$/],
    [
      './nothing.mjs',
      'export const x = 1',
      /exports no function: export default \(options\) => \(\{ name, start \}\), or one named "provider"$/,
    ],
    ['./no-start.mjs', 'export default () => ({ name: "x" })', /made something without "name" and "start"$/],
    ['./no-name.mjs', 'export default () => ({ start() {} })', /made something without "name" and "start"$/],
    [
      './picky.mjs',
      'export default () => { throw new Error("url is missing") }',
      /refuses its options: url is missing$/,
    ],
    [
      './caused.mjs',
      'export default async () => { throw new Error("no list", { cause: new Error("no way there") }) }',
      /refuses its options: no list: no way there$/,
    ],
  ])('%s is refused in one line', async (specifier, code, message) => {
    if (code !== undefined) await put(specifier, code)
    const loaded = await loadProvider(specifier, {}, baseDir)
    expect(loaded).toEqual({ kind: 'failed', message: expect.stringMatching(message) })
    expect(loaded.kind === 'failed' && loaded.message).not.toContain('\n')
  })
})

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(baseDir, file)), { recursive: true })
  await writeFile(join(baseDir, file), text)
}
