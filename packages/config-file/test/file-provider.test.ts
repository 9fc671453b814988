import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Emission } from '@infrarust/core/provider'
import { folderWith } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileProvider, fileProvider } from '../src/index.ts'

const root = folderWith({}, afterAll)
/** Quick, and still long enough for the several steps of one change to be one reading. */
const TIMINGS = { quietMs: 30, latestMs: 300 }

let folder = ''
let servers = ''
let running = new AbortController()
let emissions: Emission[] = []

beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
  servers = join(folder, 'servers')
  running = new AbortController()
  emissions = []
})
afterEach(() => running.abort())

async function start(directory: string = servers): Promise<FileProvider> {
  const provider = fileProvider({ directory, timings: TIMINGS })
  await provider.start((emission) => emissions.push(emission), running.signal)
  return provider
}

function write(name: string, domain: string): void {
  writeFileSync(join(servers, name), content(domain))
}

function content(domain: string): string {
  return `domains = ["${domain}"]\naddresses = ["10.0.0.1"]\n`
}

/** Key and domain of each server of the last list; an error instead where the last emission was one. */
function served(): Readonly<Record<string, unknown>> | string | undefined {
  const last = emissions.at(-1)
  if (last === undefined) return undefined
  if ('error' in last) return String(last.error)
  return Object.fromEntries(
    last.servers.map(({ key, values, problems }) => [
      key,
      problems ?? (Array.isArray(values.domains) ? values.domains[0] : values),
    ]),
  )
}

async function becomes(expected: Readonly<Record<string, unknown>>): Promise<void> {
  await expect.poll(served).toEqual(expected)
}

describe('a folder of server files', () => {
  it('is read when it was asked for, long before a change would have been noticed', async () => {
    mkdirSync(servers)
    const provider = fileProvider({ directory: servers, timings: { quietMs: 600_000, latestMs: 600_000 } })
    await provider.start((emission) => emissions.push(emission), running.signal)
    write('a.toml', 'a.example.com')
    await provider.readNow()
    expect(served()).toEqual({ a: 'a.example.com' })
  })
  it('is emitted whole before start resolves', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    write('b.toml', 'b.example.com')
    await start()
    expect(emissions).toHaveLength(1)
    expect(served()).toEqual({ a: 'a.example.com', b: 'b.example.com' })
    expect(emissions[0]).toMatchObject({
      servers: [{ source: join(servers, 'a.toml') }, { source: join(servers, 'b.toml') }],
    })
  })
  it('is followed: files appear, change, are renamed and go', async () => {
    mkdirSync(servers)
    await start()
    expect(served()).toEqual({})
    write('a.toml', 'a.example.com')
    await becomes({ a: 'a.example.com' })
    write('a.toml', 'changed.example.com')
    await becomes({ a: 'changed.example.com' })
    renameSync(join(servers, 'a.toml'), join(servers, 'b.toml'))
    await becomes({ b: 'changed.example.com' })
    unlinkSync(join(servers, 'b.toml'))
    await becomes({})
  })
  it('is followed through atomic renames, each time anew', async () => {
    // A watch on the file itself sees the first of these and is silent afterwards.
    mkdirSync(servers)
    write('a.toml', 'a0.example.com')
    await start()
    for (const domain of ['a1.example.com', 'a2.example.com', 'a3.example.com']) {
      writeFileSync(join(folder, 'new'), content(domain))
      renameSync(join(folder, 'new'), join(servers, 'a.toml'))
      await becomes({ a: domain })
    }
  })
  it('holds nothing but visible *.toml files', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    for (const name of ['.a.toml.swp', '.b.toml', 'a.toml~', '#a.toml#', '4913', 'a.toml.bak', 'README.md'])
      write(name, 'x.example.com')
    symlinkSync('user@host.1234:5678', join(servers, '.#a.toml'))
    mkdirSync(join(servers, 'folder.toml'))
    await start()
    expect(served()).toEqual({ a: 'a.example.com' })
    expect(emissions[0]).toMatchObject({
      diagnostics: [
        { level: 'warn', message: `${join(servers, 'folder.toml')}: is a folder, not a server file; it is ignored` },
      ],
    })
  })
  it('says nothing where nothing changed', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    await start()
    write('.a.toml.swp', 'x')
    write('a.toml', 'a.example.com')
    write('b.toml', 'b.example.com')
    await becomes({ a: 'a.example.com', b: 'b.example.com' })
    expect(emissions.length).toBeLessThanOrEqual(2)
  })
  it('makes one list of many changes at once', async () => {
    mkdirSync(servers)
    await start()
    for (let index = 0; index < 200; index++) write(`s${index}.toml`, `s${index}.example.com`)
    await expect.poll(() => Object.keys(served() ?? {}).length).toBe(200)
    expect(emissions.length).toBeLessThan(20)
  })
  it('may hold a thousand servers', async () => {
    mkdirSync(servers)
    for (let index = 0; index < 1_000; index++) write(`s${index}.toml`, `s${index}.example.com`)
    await start()
    expect(Object.keys(served() ?? {})).toHaveLength(1_000)
    write('s500.toml', 'changed.example.com')
    await expect.poll(() => served()).toMatchObject({ s499: 's499.example.com', s500: 'changed.example.com' })
  })
})

describe('a picture that a server file names', () => {
  // Only a new name was noticed.
  it('is followed too: the same values come again with another version', async () => {
    mkdirSync(servers)
    const named = (favicon: string): string => `${content('a.example.com')}[motd.online]\nfavicon = "${favicon}"\n`
    writeFileSync(join(servers, 'a.toml'), named('../icons/a.png'))
    write('b.toml', 'b.example.com')
    await start()
    const versions = (): (string | undefined)[] => {
      const last = emissions.at(-1)
      return last !== undefined && 'servers' in last ? last.servers.map(({ version }) => version) : []
    }
    expect(versions()).toEqual(['missing', undefined])
    mkdirSync(join(folder, 'icons'))
    writeFileSync(join(folder, 'icons', 'a.png'), 'one')
    await expect.poll(() => versions()[0]).not.toBe('missing')
    for (const text of ['three', 'fifteen']) {
      const before = versions()[0]
      writeFileSync(join(folder, 'icons', 'new'), text)
      renameSync(join(folder, 'icons', 'new'), join(folder, 'icons', 'a.png'))
      await expect.poll(() => versions()[0]).not.toBe(before)
    }
    expect(versions()[1]).toBeUndefined()
  })
})

describe('a file with the name of something else', () => {
  it('is named with the name that it needs, and copies of an editor are not', async () => {
    mkdirSync(servers)
    const others = ['a.toml~', 'a.toml.bak', '.a.toml.swp', '.b.toml', 'notes.txt', 'a.toml']
    const meant = ['s.toml.txt', 'S.TOML', 's.yaml', 's.yml', 's.json']
    for (const name of [...others, ...meant]) write(name, `${name.length}.example.com`)
    await start()
    const last = emissions.at(-1)
    const messages = last && 'servers' in last ? (last.diagnostics ?? []).map(({ message }) => message) : []
    expect(messages).toHaveLength(meant.length)
    expect(messages).toContainEqual(
      expect.stringMatching(/s\.toml\.txt: is not read as a server file; rename it to s\.toml$/),
    )
    expect(messages).toContainEqual(expect.stringMatching(/s\.yaml: .*; write it as TOML and name it s\.toml$/))
  })
  // Nothing was said of one that was put there while the proxy ran: only names that end in .toml were noticed.
  it('is named while the proxy runs, and no more once it has its name', async () => {
    mkdirSync(servers)
    await start()
    write('s.toml.txt', 's.example.com')
    const messages = (): unknown => emissions.at(-1)
    await expect.poll(messages).toMatchObject({ diagnostics: [{ message: expect.stringContaining('s.toml.txt') }] })
    renameSync(join(servers, 's.toml.txt'), join(servers, 's.toml'))
    await becomes({ s: 's.example.com' })
    await expect.poll(messages).toMatchObject({ diagnostics: [] })
  })
  it('is named where it lies beside infrarust.toml, from the start and when it comes later', async () => {
    mkdirSync(servers)
    const beside = (name: string, text: string): void => writeFileSync(join(folder, name), text)
    beside('early.toml', content('early.example.com'))
    beside('infrarust.toml', 'domains = ["x.example.com"]')
    beside('pyproject.toml', '[project]')
    const provider = fileProvider({ directory: servers, configFolder: folder, timings: TIMINGS })
    await provider.start((emission) => emissions.push(emission), running.signal)
    const named = (): readonly string[] => {
      const last = emissions.at(-1)
      return last && 'servers' in last ? (last.diagnostics ?? []).map(({ message }) => message) : []
    }
    expect(named()).toEqual([
      expect.stringMatching(/early\.toml: looks like a server .*move it to .*servers\/early\.toml$/),
    ])
    beside('late.toml', content('late.example.com'))
    await expect.poll(named).toHaveLength(2)
  })
})

describe('a bad file', () => {
  it('is told with its place and keeps the others as they are', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    await start()
    writeFileSync(join(servers, 'bad.toml'), 'domains = [')
    await expect.poll(served).toMatchObject({ a: 'a.example.com' })
    await expect.poll(served).toHaveProperty('bad')
    expect(served()).toEqual({
      a: 'a.example.com',
      bad: [expect.stringContaining(`${join(servers, 'bad.toml')}:1:11: not TOML: the list that begins here has no ]`)],
    })
  })
  it('finds the places of its keys for whoever validates them', async () => {
    mkdirSync(servers)
    writeFileSync(
      join(servers, 'a.toml'),
      'domains = ["a"]\naddresses = ["b"]\nproxy_mode = "x"\nsend_proxy_protcol = true\n',
    )
    await start()
    const [first] = emissions
    const server = first !== undefined && 'servers' in first ? first.servers[0] : undefined
    expect(server?.locate?.(['send_proxy_protcol'])).toBe(`${join(servers, 'a.toml')}:4:1`)
  })
  it('may be a link that leads nowhere', async () => {
    mkdirSync(servers)
    symlinkSync('nowhere', join(servers, 'a.toml'))
    await start()
    expect(served()).toEqual({ a: [`${join(servers, 'a.toml')}: the file that it links to is missing`] })
    writeFileSync(join(servers, 'nowhere'), content('a.example.com'))
    await becomes({ a: 'a.example.com' })
  })
})

describe('links', () => {
  it('are followed through the swap of a ConfigMap', async () => {
    mkdirSync(join(servers, '..2026_1'), { recursive: true })
    writeFileSync(join(servers, '..2026_1/a.toml'), content('a1.example.com'))
    symlinkSync('..2026_1', join(servers, '..data'))
    symlinkSync('..data/a.toml', join(servers, 'a.toml'))
    await start()
    expect(served()).toEqual({ a: 'a1.example.com' })
    for (const version of [2, 3]) {
      mkdirSync(join(servers, `..2026_${version}`))
      writeFileSync(join(servers, `..2026_${version}/a.toml`), content(`a${version}.example.com`))
      symlinkSync(`..2026_${version}`, join(servers, '..data_tmp'))
      renameSync(join(servers, '..data_tmp'), join(servers, '..data'))
      rmSync(join(servers, `..2026_${version - 1}`), { recursive: true })
      await becomes({ a: `a${version}.example.com` })
    }
  })
  it('are followed where the folder itself is one', async () => {
    for (const release of ['one', 'two']) {
      mkdirSync(join(folder, release))
      writeFileSync(join(folder, release, 'a.toml'), content(`${release}.example.com`))
    }
    symlinkSync('one', servers)
    await start()
    expect(served()).toEqual({ a: 'one.example.com' })
    symlinkSync('two', join(folder, 'next'))
    renameSync(join(folder, 'next'), servers)
    await becomes({ a: 'two.example.com' })
    writeFileSync(join(folder, 'two/a.toml'), content('edited.example.com'))
    await becomes({ a: 'edited.example.com' })
  })
  it('are followed to a file elsewhere that is edited in place', async () => {
    mkdirSync(servers)
    mkdirSync(join(folder, 'elsewhere'))
    writeFileSync(join(folder, 'elsewhere/shared'), content('a.example.com'))
    symlinkSync('../elsewhere/shared', join(servers, 'a.toml'))
    await start()
    writeFileSync(join(folder, 'elsewhere/shared'), content('edited.example.com'))
    await becomes({ a: 'edited.example.com' })
  })
  it('that go in a circle are a problem of that file', async () => {
    mkdirSync(servers)
    symlinkSync('b.toml', join(servers, 'a.toml'))
    symlinkSync('a.toml', join(servers, 'b.toml'))
    await start()
    expect(served()).toMatchObject({ a: [expect.stringContaining('go in a circle (ELOOP)')] })
  })
})

describe('a folder that is not there', () => {
  it('is an empty one at first, with a word about it, and is found when it comes', async () => {
    await start()
    expect(emissions).toEqual([
      {
        servers: [],
        diagnostics: [
          { level: 'warn', message: `${servers} does not exist yet; put a server file into it to serve a domain` },
        ],
      },
    ])
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    await becomes({ a: 'a.example.com' })
  })
  it('is found where the folders above it come later, too', async () => {
    await start(join(folder, 'etc/infrarust/servers'))
    mkdirSync(join(folder, 'etc/infrarust/servers'), { recursive: true })
    writeFileSync(join(folder, 'etc/infrarust/servers/a.toml'), content('a.example.com'))
    await becomes({ a: 'a.example.com' })
  })
  it('keeps the last servers once it was there, and is followed when it is back', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    await start()
    renameSync(servers, join(folder, 'moved'))
    await expect.poll(served).toBe(`${servers} is missing; the last servers stay until it is there`)
    mkdirSync(join(folder, 'next'))
    writeFileSync(join(folder, 'next/b.toml'), content('b.example.com'))
    renameSync(join(folder, 'next'), servers)
    await becomes({ b: 'b.example.com' })
    write('b.toml', 'edited.example.com')
    await becomes({ b: 'edited.example.com' })
  })
  it('keeps the last servers where it cannot be read', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    await start()
    rmSync(servers, { recursive: true })
    writeFileSync(servers, 'a file in its place')
    await expect.poll(served).toBe(`${servers}: cannot be read: a part of its path is no folder (ENOTDIR)`)
  })
})

describe('the provider', () => {
  it('serves another folder when it is told to', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    const provider = await start()
    mkdirSync(join(folder, 'others'))
    writeFileSync(join(folder, 'others/b.toml'), content('b.example.com'))
    provider.follow(join(folder, 'others'))
    await becomes({ b: 'b.example.com' })
    writeFileSync(join(folder, 'others/b.toml'), content('edited.example.com'))
    await becomes({ b: 'edited.example.com' })
  })
  it('says nothing after it was stopped', async () => {
    mkdirSync(servers)
    await start()
    running.abort()
    const stopped = emissions.length
    write('a.toml', 'a.example.com')
    // Another provider on the same folder shows that the change has been seen by the system.
    const other: Emission[] = []
    const control = new AbortController()
    await fileProvider({ directory: servers, timings: TIMINGS }).start(
      (emission) => other.push(emission),
      control.signal,
    )
    write('b.toml', 'b.example.com')
    await expect.poll(() => other.length).toBe(2)
    control.abort()
    expect(emissions).toHaveLength(stopped)
  })
  it('can be started again', async () => {
    mkdirSync(servers)
    write('a.toml', 'a.example.com')
    const provider = await start()
    running.abort()
    running = new AbortController()
    emissions = []
    await provider.start((emission) => emissions.push(emission), running.signal)
    expect(served()).toEqual({ a: 'a.example.com' })
  })
})
