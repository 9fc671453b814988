import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { finish } from './program.ts'

/** The rows of the table, by key. */
function rows(stdout: string): ReadonlyMap<string, string> {
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/))
  return new Map(lines.map(([key = '', ...rest]) => [key, rest.join(' | ')]))
}

describe('check --show', { timeout: 60_000 }, () => {
  it('prints every key in force, and whether command line, environment, file or nobody has said it', async () => {
    const cwd = folderWith({
      'infrarust.toml': `bind = "127.0.0.1:1"\nmax_connections = "\${MOST}"\nreceive_proxy_protocol = true\n`,
      'servers/a.toml': 'domains = ["a.example.com"]\naddresses = ["10.0.0.1"]\n\n[timeouts]\nconnect = "1s"\n',
    })
    const env = { MOST: '500', INFRARUST_PROXY_PROTOCOL__TRUSTED: '10.0.0.0/8, ::1', INFRARUST_LOG__LEVEL: 'warn' }
    const args = ['check', '--show', '--bind', '127.0.0.1:2', '--log-level', 'debug']
    const { stdout, stderr, code } = await finish(args, '', { cwd, env })
    const shown = rows(stdout)
    expect([...shown]).toEqual(
      expect.arrayContaining([
        ['bind', '--bind | "127.0.0.1:2"'],
        ['max_connections', `infrarust.toml:2:1, \${MOST} | 500`],
        ['proxy_protocol.mode', 'infrarust.toml:3:1 | "required"'],
        ['proxy_protocol.trusted', 'INFRARUST_PROXY_PROTOCOL__TRUSTED | ["10.0.0.0/8", "::1"]'],
        ['log.level', '--log-level | "debug"'],
        ['shutdown_timeout', 'default | "10s"'],
        ['docker', 'default | (not written)'],
        ['server "a" (servers/a.toml)', ''],
        ['domains', 'servers/a.toml:1:1 | ["a.example.com"]'],
        ['timeouts.connect', 'servers/a.toml:5:1 | "1s"'],
        ['send_proxy_protocol', 'default | false'],
      ]),
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
  it('shows for each listener what it takes from the table of all', async () => {
    const cwd = folderWith({
      'infrarust.toml': '[[listener]]\nbind = "127.0.0.1:1"\nproxy_protocol.mode = "required"\n',
    })
    const env = { INFRARUST_PROXY_PROTOCOL__TRUSTED: '10.0.0.0/8' }
    const shown = rows((await finish(['check', '--show'], '', { cwd, env })).stdout)
    expect(shown.get('listener[0].proxy_protocol.mode')).toBe('infrarust.toml:3:16 | "required"')
    expect(shown.get('listener[0].proxy_protocol.trusted')).toBe('INFRARUST_PROXY_PROTOCOL__TRUSTED | ["10.0.0.0/8"]')
    expect(shown.has('bind')).toBe(false)
  })
  it('is one object with --json, beside what check says anyway', async () => {
    const { stdout } = await finish(['check', '--show', '--json'], '', {
      cwd: folderWith({ 'infrarust.toml': `max_connections = "\${MOST}"\n` }),
      env: { MOST: '5' },
    })
    const { ok, listeners, shown } = JSON.parse(stdout)
    expect(ok).toBe(true)
    expect(listeners).toHaveLength(1)
    expect(shown.servers).toEqual([])
    expect(shown.keys).toContainEqual({
      key: 'max_connections',
      value: 5,
      withheld: false,
      meaning: null,
      from: 'file',
      place: 'infrarust.toml:1:1',
      references: [`\${MOST}`],
    })
    expect(shown.keys).toContainEqual({
      key: 'admin.bind',
      value: null,
      withheld: false,
      meaning: 'no such listener',
      from: 'default',
      place: null,
      references: [],
    })
  })
  it('withholds what is secret: options of a provider, and what comes from a file of its own', async () => {
    const cwd = folderWith({
      'infrarust.toml': `data_dir = "\${file:folder}"\n[[provider]]\nuse = "./panel.mjs"\noptions = { token = "s3cr3t-1", key = "\${KEY}" }\n`,
      folder: 's3cr3t-2\n',
      'panel.mjs': 'export default () => ({ name: "panel", start: (emit) => emit({ servers: [] }) })\n',
      'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["10.0.0.1"]\nmotd.online.text = "\${file:../text}"\n`,
      text: 's3cr3t-4',
    })
    const env = {
      KEY: 's3cr3t-3',
      INFRARUST_PROVIDER__1__USE: './panel.mjs',
      INFRARUST_PROVIDER__1__OPTIONS: '{ a = "s3cr3t-5" }',
    }
    const text = await finish(['check', '--show'], '', { cwd, env })
    const json = await finish(['check', '--show', '--json'], '', { cwd, env })
    for (const { stdout, stderr } of [text, json]) expect(stdout + stderr).not.toContain('s3cr3t')
    const shown = rows(text.stdout)
    expect(shown.get('data_dir')).toBe(`infrarust.toml:1:1, \${file:folder} | (withheld)`)
    expect(shown.get('provider[0].options')).toBe(`infrarust.toml:4:1, \${KEY} | (withheld)`)
    expect(shown.get('provider[1].options')).toBe('INFRARUST_PROVIDER__1__OPTIONS | (withheld)')
    expect(shown.get('motd.online.text')).toBe('servers/a.toml:3:13 | (withheld)')
    expect(JSON.parse(json.stdout).shown.keys).toContainEqual(
      expect.objectContaining({ key: 'data_dir', value: null, withheld: true }),
    )
  })
  // A label, or a panel, would read the passwords of the proxy.
  it('shows a reference as the text that it is where a provider has written it', async () => {
    const cwd = folderWith({
      'infrarust.toml': '[[provider]]\nuse = "./panel.mjs"\n',
      secret: 's3cr3t',
      'panel.mjs': `export default () => ({ name: 'panel', start: (emit) => emit({ servers: [{
        key: 'a', source: 'panel', values: { domains: ['a.example.com'], addresses: ['10.0.0.1'],
          name: '\\\${SECRET} \\\${file:secret}' } }] }) })\n`,
    })
    const { stdout } = await finish(['check', '--show'], '', { cwd, env: { SECRET: 's3cr3t' } })
    expect(rows(stdout).get('name')).toBe(`panel | "\${SECRET} \${file:secret}"`)
  })
  it('spells out what would move the cursor, whoever has written it', async () => {
    const cwd = folderWith({
      'infrarust.toml': '[[provider]]\nuse = "./panel.mjs"\n',
      'panel.mjs': `export default () => ({ name: 'panel', start: (emit) => emit({ servers: [{
        key: 'a', source: 'panel \\u202e\\u001b[2J', values: { domains: ['a.example.com'], addresses: ['10.0.0.1'],
          disconnect_message: 'x\\u202e\\u009b2J' } }] }) })\n`,
    })
    for (const args of [
      ['check', '--show'],
      ['check', '--show', '--json'],
    ]) {
      const { stdout } = await finish(args, '', { cwd })
      expect(stdout).toContain('a.example.com')
      for (const unsafe of ['\u202e', '\u001b', '\u009b']) expect(stdout).not.toContain(unsafe)
    }
  })
})
