import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { finished, folderWith } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Example {
  readonly page: string
  readonly line: number
  /** Where it would be saved; what a snippet of a server file leaves out is added. */
  readonly file: string
  readonly toml: string
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CHECK_FOLDERS = fileURLToPath(new URL('children/check-folders.ts', import.meta.url))
/** Their examples have a file or a key that is not there; each page has a test of its own that runs it whole. */
const NOT_HERE = [
  'docs/write-a-provider.md',
  'docs/add-a-server-manager.md',
  'docs/add-a-policy.md',
  'docs/add-a-key.md',
]

const PLACE = 'domains = ["example.invalid"]\naddresses = ["127.0.0.1:1"]\n'

const HOOKS = { HOOK_SECRET: 'an-example', DISCORD_WEBHOOK: 'https://discord.example.com/api/webhooks/1' }

const pages = globSync(['README.md', 'docs/**/*.md', 'packages/config-file/README.md'], { cwd: ROOT }).sort()
const examples = pages
  .filter((page) => !NOT_HERE.includes(page))
  .flatMap((page) => examplesOf(page, readFileSync(join(ROOT, page), 'utf8')))

function examplesOf(page: string, text: string): readonly Example[] {
  return [...text.matchAll(/^```toml\n(.*?)^```/gms)].map(({ index, 1: toml = '' }) => {
    const isServer =
      page === 'docs/servers.md' ||
      (!/^\[docker\]/m.test(toml) && /^# servers\/|^(domains =|addresses = \[)/m.test(toml))
    const missing = isServer && !/^domains =/m.test(toml) ? PLACE : ''
    const file = isServer ? 'servers/example.toml' : 'infrarust.toml'
    return { page, line: text.slice(0, index).split('\n').length, file, toml: missing + toml }
  })
}

describe('the TOML examples of the documentation', { timeout: 60_000 }, () => {
  let checked: readonly unknown[] = []
  // One process for all: what is looked at is the examples, and nearly all the time is starting.
  beforeAll(async () => {
    const folders = examples.map(({ file, toml }) =>
      folderWith(
        {
          'infrarust.toml': '',
          'lists/blocked.txt': '198.51.100.7 # an example\n',
          'lists/friends.txt': '203.0.113.0/24\n',
          'survival/whitelist.json': '[]',
          'secrets/panel_token': 'an example\n',
          'secrets/web_key': 'an-example-that-is-long-enough\n',
          'panel.mjs': "export default () => ({ name: 'panel', start: (emit) => emit({ servers: [] }) })\n",
          'lists/load-balancers.txt': '10.0.0.2\nhaproxy\n',
          'lists/tcpshield.txt': '203.0.113.0/24\n',
          'lists/cloudflare.txt': '203.0.113.0/24\n',
          'servers/placeholder.toml': PLACE.replace('example', 'placeholder'),
          [file]: toml,
        },
        afterAll,
      ),
    )
    const { stdout, stderr } = await finished(process.execPath, [CHECK_FOLDERS, ...folders], {
      env: { ...process.env, PORT: '25566', MOST_PLAYERS: '100', LOAD_BALANCERS: '10.0.0.0/8', ...HOOKS },
    })
    expect(stderr).toBe('')
    checked = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
  })

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(10)
    expect(checked).toHaveLength(examples.length)
  })
  it.each(examples.map((example, index) => ({ ...example, index })))('$page line $line loads', ({ index }) => {
    expect(checked[index]).toMatchObject({ ok: true })
  })
})

describe('the links of the documentation', () => {
  const linking = globSync(['*.md', 'docs/**/*.md', '{packages,apps}/*/README.md'], { cwd: ROOT }).sort()
  const links = linking.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => ({ page, link })),
  )

  it('are there', () => {
    expect(links.length).toBeGreaterThan(10)
  })
  it.each(links)('$page leads to $link', ({ page, link }) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    expect(existsSync(join(ROOT, target)), target).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(textOf(target))).toContain(anchor)
  })
})

// Files are moved, and nothing but a reader would notice that a page still names the old place.
describe('the pages for who works on the program', () => {
  const sources = globSync('{packages,apps,docs/examples}/**/*.{ts,cpp,hpp,json}', {
    cwd: ROOT,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  }).map((path) => `/${path}`)
  const named = globSync('docs/{architecture,connection,add-a-*}.md', { cwd: ROOT }).flatMap((page) =>
    [...textOf(page).matchAll(/`([\w./-]+\.(?:ts|cpp|hpp|json))`/g)].map(([, file = '']) => ({ page, file })),
  )

  it('name files', () => {
    expect(named.length).toBeGreaterThan(50)
    expect(sources.length).toBeGreaterThan(500)
  })
  it('name only those that are there', () => {
    expect(named.filter(({ file }) => !sources.some((source) => source.endsWith(`/${file}`)))).toEqual([])
  })
})

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
