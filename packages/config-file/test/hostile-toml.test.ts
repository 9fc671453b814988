import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emission, ServerDefinition } from '@infrarust/core/provider'
import { validateServer } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileProvider, loadGatewayConfig } from '../src/index.ts'

const DEEP = 'a key is more than 32 tables deep'

/** Tables inside each other, a header each: `[t]`, `[t.t]`, … */
function headers(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `[${Array(index + 1)
        .fill('t')
        .join('.')}]\n`,
  ).join('')
}

const GOOD = 'domains = ["a.example.com"]\naddresses = ["127.0.0.1"]\n'

/** What is too deep for whoever walks it, in all ways of writing it. */
const DEEP_FILES: readonly (readonly [name: string, text: string])[] = [
  // 100 KB of it took 4 GB, and 2,500 tables the stack.
  ['tables inside each other', headers(300)],
  ['a header with many dots', `[${'a.'.repeat(50_000)}a]\nx = 1`],
  ['a quoted header with many dots', `[${'"a" . '.repeat(10_000)}a]\nx = 1`],
  ['a list of tables with many dots', `[[${'a.'.repeat(50_000)}a]]\nx = 1`],
  ['a key with many dots', `${GOOD}${'a.'.repeat(50_000)}a = 1`],
  ['a key with many dots inside a table', `a = { ${'a.'.repeat(10_000)}a = 1 }`],
  ['tables in one line', `a = ${'{ a = '.repeat(10_000)}1${' }'.repeat(10_000)}`],
  ['tables without an end', `a = ${'{ a = '.repeat(100_000)}`],
  ['lists in lists', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['lists without an end', `a = ${'['.repeat(500_000)}`],
  ['tables and lists by turns', `a = ${'[{ a = '.repeat(5_000)}1${'}]'.repeat(5_000)}`],
  ['dots, headers and tables together', `[${'a.'.repeat(20)}a]\n${'b.'.repeat(10)}b = {c = {d = {e = 1}}}`],
]

/** What is wrong many times, or long. */
const LONG_FILES: readonly (readonly [name: string, text: string])[] = [
  ['100,000 lists of tables', '[[x]]\n'.repeat(100_000)],
  ['100,000 listeners', '[[listener]]\n'.repeat(70_000)],
  ['100,000 keys', Array.from({ length: 90_000 }, (_, index) => `k${index} = 1\n`).join('')],
  ['100,000 tables', Array.from({ length: 80_000 }, (_, index) => `[k${index}]\n`).join('')],
  ['a long key', `"${'k'.repeat(1_000_000)}" = 1`],
  ['a long text', `domains = "${'d'.repeat(1_000_000)}"`],
  ['a text without an end', `domains = """${'d\n'.repeat(500_000)}`],
  ['many values', `ports = [${'1,'.repeat(500_000)}]`],
  ['many texts', `domains = [${'"",'.repeat(300_000)}]`],
  // A run of blanks at the start of a line cost its square: 1 MB of it never came to an end.
  ['nothing but blanks before a key without a value', `${' '.repeat(1_000_000)}x`],
  ['tabs before a list of tables', `${'\t'.repeat(500_000)}[[${'\t'.repeat(500_000)}`],
  ['carriage returns alone', '\r'.repeat(1_000_000)],
  ['line separators of Unicode', '\u2028'.repeat(300_000)],
  ['blanks between a value and what does not belong there', `a = 1${' '.repeat(1_000_000)}x`],
  ['more than a mebibyte', '#'.repeat(1_100_000)],
]

async function problemsOfGateway(text: string): Promise<readonly string[]> {
  const path = join(folderWith(), 'infrarust.toml')
  writeFileSync(path, text)
  const loaded = await loadGatewayConfig(path)
  return loaded.kind === 'problems' ? loaded.problems : []
}

describe('infrarust.toml', { timeout: 60_000 }, () => {
  it.each(DEEP_FILES)('is refused in one line where it has %s', async (_, text) => {
    const [problem = '', ...others] = await problemsOfGateway(text)
    expect(problem).toMatch(new RegExp(`infrarust\\.toml(:\\d+:\\d+)?: ${DEEP}$`))
    expect(others).toEqual([])
  })
  it.each(LONG_FILES)('is refused in a few lines where it has %s', async (_, text) => {
    const problems = await problemsOfGateway(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThan(60)
    for (const problem of problems) expect(problem.length).toBeLessThan(5_000)
  })
  it('has a place for a key that is too deep, and takes 32 tables', async () => {
    expect(await problemsOfGateway(`\n${'a.'.repeat(40)}a = 1`)).toEqual([
      expect.stringContaining(`.toml:2:1: ${DEEP}`),
    ])
    expect(await problemsOfGateway(`[[provider]]\nuse = "x"\n[provider.options.${'a.'.repeat(20)}a]\nx = 1`)).toEqual(
      [],
    )
    // No key, but what a key might look like.
    expect(await problemsOfGateway(`# ${'a.'.repeat(40)}\nadmin.bind = "${'a.'.repeat(40)}"`)).not.toContain(DEEP)
  })
})

/** What the program makes of a definition. */
function isGood(definition: ServerDefinition): boolean {
  return (definition.problems ?? []).length === 0 && 'server' in validateServer(definition, 'file')
}

describe('a server file', { timeout: 60_000 }, () => {
  // A file with 2,500 tables inside each other ended the proxy.
  it('takes no other one with it, at the start and when it comes later', async () => {
    const folder = join(folderWith(), 'servers')
    mkdirSync(folder)
    writeFileSync(join(folder, 'good.toml'), GOOD)
    const all = [...DEEP_FILES, ...LONG_FILES]
    const half = all.length / 2
    for (const [index, [, text]] of all.slice(0, half).entries()) writeFileSync(join(folder, `bad-${index}.toml`), text)
    const running = new AbortController()
    onTestFinished(() => running.abort())
    const emissions: Emission[] = []
    const provider = fileProvider({ directory: folder, timings: { quietMs: 5, latestMs: 50, unwatchedMs: 50 } })
    await provider.start((emission) => emissions.push(emission), running.signal)
    const good = (): readonly string[] | undefined => {
      const last = emissions.at(-1)
      if (last === undefined || !('servers' in last)) return undefined
      return last.servers
        .filter(({ key }) => !key.includes('-'))
        .filter(isGood)
        .map(({ key }) => key)
    }
    expect(good()).toEqual(['good'])
    for (const [index, [, text]] of all.slice(half).entries()) writeFileSync(join(folder, `worse-${index}.toml`), text)
    writeFileSync(join(folder, 'later.toml'), GOOD.replace('a.example', 'b.example'))
    await expect.poll(good, { timeout: 40_000 }).toEqual(['good', 'later'])
    const last = emissions.at(-1)
    const servers = last !== undefined && 'servers' in last ? last.servers : []
    expect(servers).toHaveLength(all.length + 2)
    expect(servers.filter(isGood).map(({ key }) => key)).toEqual(['good', 'later'])
  })

  it('may be one of ten thousand; a folder of more keeps the last servers', async () => {
    const folder = join(folderWith(), 'servers')
    mkdirSync(folder)
    writeFileSync(join(folder, 'good.toml'), GOOD)
    const running = new AbortController()
    onTestFinished(() => running.abort())
    const emissions: Emission[] = []
    const provider = fileProvider({ directory: folder })
    await provider.start((emission) => emissions.push(emission), running.signal)
    for (let index = 0; index < 10_000; index++) writeFileSync(join(folder, `f${index}.toml`), '')
    await expect
      .poll(() => emissions.at(-1), { timeout: 50_000 })
      .toEqual({
        error: expect.stringContaining('holds 10001 server files, and at most 10000 are read; the last servers stay'),
      })
  })
})
