import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverKeys } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultGatewayConfig, type Environment, loadGatewayConfig } from '../../src/index.ts'
import { replaceReferences } from '../../src/references/replace-references.ts'

const folder = folderWith({}, afterAll)
const path = join(folder, 'infrarust.toml')

/** A reference, spelt so that nothing but the code under test replaces it. */
const ref = (name: string): string => `\${${name}}`

async function replace(values: Readonly<Record<string, unknown>>, environment: Environment = {}) {
  const replaced = await replaceReferences(values, { table: serverKeys, folder, environment })
  const problems = replaced.problems.map(({ message }) => message.replace(`${folder}/`, ''))
  return { ...replaced, problems }
}

async function load(content: string, environment: Environment = {}) {
  writeFileSync(path, content)
  return await loadGatewayConfig(path, { environment })
}

describe('a reference in a text of the operator', () => {
  it('is replaced by the variable, wherever it stands in the text', async () => {
    const loaded = await load(`bind = "0.0.0.0:${ref('PORT')}"\n`, { PORT: '25570' })
    expect(loaded).toMatchObject({ kind: 'config', config: { listeners: [{ port: 25_570 }] } })
  })
  it('is replaced by the content of a file, beside the one that names it, without the line end', async () => {
    mkdirSync(join(folder, 'secrets'), { recursive: true })
    for (const end of ['', '\n', '\r\n']) {
      writeFileSync(join(folder, 'secrets/id'), `\ufeffsurvival${end}`)
      expect((await replace({ id: ref('file:secrets/id') })).values).toEqual({ id: 'survival' })
    }
    writeFileSync(join(folder, 'secrets/id'), 'a\n\n')
    const { values } = await replace({ id: `<${ref(`file:${folder}/secrets/id`)}>` })
    expect(values).toEqual({ id: '<a\n>' })
  })
  it('is a number, a truth value or a list where the key wants one', async () => {
    const environment = { MOST: '500', YES: 'true', NETS: '10.0.0.0/8, ::1', NONE: '' }
    const loaded = await load(
      `max_connections = "${ref('MOST')}"\nreceive_proxy_protocol = "${ref('YES')}"\n[proxy_protocol]\ntrusted = "${ref('NETS')}"\n`,
      environment,
    )
    expect(loaded).toMatchObject({
      config: { maxConnections: 500, listeners: [{ proxyProtocol: { mode: 'required', trusted: [{}, {}] } }] },
    })
    // As an absent key it would believe everybody.
    const empty = await load(`receive_proxy_protocol = true\nproxy_protocol.trusted = "${ref('NONE')}"\n`, environment)
    expect(empty).toMatchObject({ config: { listeners: [{ proxyProtocol: { trusted: [] } }] } })
  })
  it('is replaced in lists, in tables inside each other, and in what a provider is told', async () => {
    const content = `[[provider]]\nuse = "./x.mjs"\n[provider.options]\ntokens = [{ value = "${ref('TOKEN')}" }]\n`
    expect(await load(content, { TOKEN: '5' })).toMatchObject({
      config: { providers: [{ options: { tokens: [{ value: '5' }] } }] },
    })
  })
  it('is written with two $ where it is meant as it stands, and any other $ is a text', async () => {
    const { values, references } = await replace({ id: `$${ref('A')} $$ 5$ $$${ref('A')} ${ref('A')}` }, { A: 'a' })
    expect(values).toEqual({ id: `${ref('A')} $$ 5$ $${ref('A')} a` })
    expect(references).toEqual([{ path: ['id'], names: [ref('A')], isWithheld: false }])
  })
  // Whoever may set a variable or write a file could else read any other one.
  it('is never looked for in what another one gives', async () => {
    writeFileSync(join(folder, 'outer'), ref('SECRET'))
    const environment = { SECRET: 's', A: ref('SECRET'), B: ref('file:outer'), C: '$', D: '{SECRET}' }
    const id = ['A', 'B', 'C', 'D', 'file:outer'].map(ref).join('')
    expect((await replace({ id }, environment)).values).toEqual({
      id: `${ref('SECRET')}${ref('file:outer')}${ref('SECRET')}${ref('SECRET')}`,
    })
    const name = fc.constantFrom('$', '{', '}', 'SECRET', 'file:outer', 'A', '\\')
    await fc.assert(
      fc.asyncProperty(fc.array(name), async (parts) => {
        const given = parts.join('')
        expect((await replace({ id: ref('X') }, { X: given, SECRET: 's', A: 'a' })).values).toEqual({ id: given })
      }),
    )
  })
  it('is nothing that names of objects have', async () => {
    const { problems } = await replace({ id: ref('constructor'), name: ref('__proto__') })
    expect(problems).toHaveLength(2)
  })
})

describe('a reference that cannot be followed', () => {
  it.each<[string, string]>([
    [ref('NOPE'), `id names ${ref('NOPE')}, which is not set in the environment`],
    [ref('file:nope'), 'id names the file nope, which is not there'],
    [ref('file:secrets'), 'id names the file secrets, which is no regular file'],
    [ref('file:long'), 'id names the file long, which is longer than 64 KiB'],
    [ref('file:latin1'), 'id names the file latin1, which is not UTF-8'],
    [ref('file:long/x'), 'id names the file long/x, which cannot be read: a part of its path is no folder (ENOTDIR)'],
    ...[ref(''), ref('A-B'), ref('PORT:-25565'), ref('file:'), `\${A`].map((text): [string, string] => [
      text,
      `id holds ${JSON.stringify(text)}, which names nothing: write ${ref('NAME')} or ${ref('file:path')}, or $$\{ for \${ itself`,
    ]),
  ])('is a mistake of the key: %s', async (id, problem) => {
    mkdirSync(join(folder, 'secrets'), { recursive: true })
    writeFileSync(join(folder, 'long'), Buffer.alloc(65_537, 'x'))
    writeFileSync(join(folder, 'latin1'), Buffer.from([0xe9]))
    const { problems, values } = await replace({ id })
    expect(problems).toEqual([problem])
    expect(values).toEqual({ id })
  })
  it('is told once, at its place, and not also as a text that is no address', async () => {
    const loaded = await load(`\nbind = "${ref('NOPE')}"\n[transport]\nkind = "loud"\n`)
    expect(loaded.kind === 'problems' && loaded.problems.map((line) => line.replace(`${folder}/`, ''))).toEqual([
      `infrarust.toml:2:1: bind names ${ref('NOPE')}, which is not set in the environment`,
      'infrarust.toml:4:1: transport.kind is "loud"; write one of "auto", "native", "node"',
    ])
  })
  it('does no harm where the environment says the key', async () => {
    const loaded = await load(`bind = "${ref('NOPE')}"\n`, { INFRARUST_BIND: '127.0.0.1:7' })
    expect(loaded).toMatchObject({ kind: 'config', config: { listeners: [{ port: 7 }] } })
  })
  it('cannot fill the memory', async () => {
    writeFileSync(join(folder, 'most'), Buffer.alloc(65_536, 'x'))
    const { problems } = await replace({ domains: Array.from({ length: 100_000 }, () => ref('file:most')) })
    expect(problems.length).toBeGreaterThan(0)
  })
})

describe('what comes from a file of its own', () => {
  it('is shown in no message, also where it is no value for the key', async () => {
    writeFileSync(join(folder, 'password'), 'hunter2')
    const written = `bind = "${ref('file:password')}:x"\nmax_connections = "${ref('file:password')}"\nlog = "${ref('file:password')}"\n`
    const loaded = await load(written)
    expect(JSON.stringify(loaded)).not.toContain('hunter2')
    expect(loaded.kind === 'problems' && loaded.problems.map((line) => line.replace(`${folder}/`, ''))).toEqual([
      expect.stringMatching(/^infrarust\.toml:3:1: unknown key "log"/),
      'infrarust.toml:1:1: bind is no bind address; what it holds is not shown',
      'infrarust.toml:2:1: max_connections is no integer; what it holds is not shown',
    ])
  })
  it('is withheld, and so is what a provider is told', async () => {
    writeFileSync(join(folder, 'password'), 'lobby')
    const loaded = await load(
      `[[listener]]\nname = "${ref('file:password')}"\nbind = "127.0.0.1:1"\n[[provider]]\nuse = "./x.mjs"\noptions.token = "t"\n`,
    )
    if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded))
    const paths = [
      'listener.0.name',
      'listener.0.bind',
      'provider.0.use',
      'provider.0.options',
      'provider.0.options.token',
    ]
    expect(paths.map((key) => loaded.isWithheld(key.split('.')))).toEqual([true, false, false, true, true])
    expect(loaded.files).toEqual([join(folder, 'password')])
  })
  it('is none of labels and of providers: there a reference is the text that it is', () => {
    rmSync(path, { force: true })
    renameSync(join(folder, 'password'), join(folder, 'moved'))
    const loaded = defaultGatewayConfig(folder, {
      serversDir: join(folder, ref('HOME')),
      environment: { HOME: '/root' },
    })
    expect(loaded).toMatchObject({ kind: 'config', config: { serversDir: join(folder, ref('HOME')) } })
  })
})
