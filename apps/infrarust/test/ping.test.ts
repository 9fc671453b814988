import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { decode } from '@infrarust/proxy-protocol'
import { folderWith, freePort } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { finish } from './program.ts'
import { Running } from './running.ts'

const STATUS = {
  version: { name: 'Paper 1.21.4', protocol: 769 },
  players: { max: 20, online: 3 },
  description: { text: '§aWelcome!\n  §7Season 2' },
}

interface BackendOptions {
  /** Whether it wants a PROXY header; it closes where it gets what it does not want. */
  readonly header?: boolean
  /** What it answers the first time, the second time, … */
  readonly status?: (count: number) => object
}

/** A server that answers list pings; its port. */
async function backend({ header = false, status = () => STATUS }: BackendOptions = {}): Promise<number> {
  let count = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk) => {
      if ((decode(chunk).kind === 'header') === header)
        socket.write(encodeStatusResponse(JSON.stringify(status(count++))))
      else socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function serverFile(domain: string, port: number, more = ''): string {
  return `domains = ["${domain}"]\naddresses = ["127.0.0.1:${port}"]\n${more}`
}

interface Way {
  readonly way: string
  readonly address: string
  readonly sends: false | number
  readonly result: string
  readonly error: string | null
  readonly latency_ms: number | null
  readonly status: { readonly motd: string } | null
}

interface Answer {
  readonly server: string | null
  readonly leads_to: string
  readonly remarks: readonly string[]
  readonly ways: readonly Way[]
}

/** A proxy with these files, and what `ping` says of it. */
async function proxyWith(files: Readonly<Record<string, string>>) {
  const cwd = folderWith(files)
  const port = await new Running(cwd).port()
  const bind = ['--bind', `127.0.0.1:${port}`]
  return {
    port,
    shown: (...args: readonly string[]) => finish(['ping', ...bind, ...args], '', { cwd }),
    async asked(...args: readonly string[]): Promise<Answer & { readonly code: number | null }> {
      const { stdout, code } = await finish(['ping', '--json', ...bind, ...args], '', { cwd })
      const answer: Answer = JSON.parse(stdout)
      return { ...answer, code }
    },
  }
}

describe('ping', { timeout: 60_000 }, () => {
  it('shows the answers through the proxy and past it one below the other, with the headers that both want', async () => {
    const server = await backend({ header: true })
    const { port, shown } = await proxyWith({
      'infrarust.toml': '[proxy_protocol]\nmode = "required"\ntrusted = ["127.0.0.1"]\n',
      'servers/s.toml': serverFile('s.example.com', server, 'send_proxy_protocol = "v1"\n'),
    })
    const { stdout, stderr, code } = await shown('S.Example.com:25565')
    const [first, , head, through, past, ...others] = stdout.split('\n')
    expect(first).toBe('s.example.com leads to server "s" (servers/s.toml)')
    expect(head).toMatch(/^WAY +ADDRESS +SENDS +ANSWER +LATENCY +VERSION +PROTOCOL +PLAYERS +MOTD$/)
    const answer = 'answered +[\\d.]+ ms +Paper 1\\.21\\.4 +769 +3/20 +Welcome! / Season 2$'
    expect(through).toMatch(new RegExp(`^through the proxy +127\\.0\\.0\\.1:${port} +v2 +${answer}`))
    expect(past).toMatch(new RegExp(`^past it +127\\.0\\.0\\.1:${server} +v1 +${answer}`))
    expect([others, stderr, code]).toEqual([[''], '', 0])
  })

  it('prints one object with --json, with the texts as the server has sent them', async () => {
    const server = await backend()
    const { port, asked } = await proxyWith({
      'infrarust.toml': '',

      'servers/s.toml': serverFile('*.example.com', server),
    })
    const status = {
      version: 'Paper 1.21.4',
      protocol: 769,
      players: { online: 3, max: 20 },
      motd: 'Welcome!\n  Season 2',
    }
    const answered = { sends: false, result: 'answered', error: null, latency_ms: expect.any(Number), status }
    expect(await asked('any.example.com')).toEqual({
      domain: 'any.example.com',
      server: 's',
      leads_to: expect.stringContaining('servers/s.toml'),
      remarks: [],
      ways: [
        { way: 'through', address: `127.0.0.1:${port}`, ...answered },
        { way: 'past', address: `127.0.0.1:${server}`, ...answered },
      ],
      code: 0,
    })
  })

  it('says what differs, and what may be behind it', async () => {
    const server = await backend({ status: (count) => ({ ...STATUS, players: { max: 20, online: count } }) })
    const { asked } = await proxyWith({
      'infrarust.toml': '',
      'servers/s.toml': serverFile('s.example.com', server, '[motd.online]\ntext = "Ours"\n'),
    })
    const { remarks, code } = await asked('s.example.com')
    expect(remarks).toEqual([
      expect.stringMatching(/^players, MOTD through .* differ: \[motd\.online\] .*\[status_cache\]/),
    ])
    expect(code).toBe(0)
  })

  it('says which way has no answer, and that what the proxy shows is its own', async () => {
    const gone = await freePort()
    const { asked } = await proxyWith({
      'infrarust.toml': '',
      'servers/s.toml': serverFile('s.example.com', gone),
    })
    const { ways, remarks, code } = await asked('s.example.com')
    expect(ways.map(({ way, result }) => [way, result])).toEqual([
      ['through', 'answered'],
      ['past', 'unreachable'],
    ])
    expect(remarks[0]).toMatch(/^past 127\.0\.0\.1:\d+: .*ECONNREFUSED.*; see whether the server runs/)
    expect(remarks[1]).toContain('it is its own text for such a server')
    expect(code).toBe(1)
  })

  // It said to see whether the server runs, of one that is meant to sleep.
  it('says of a server that sleeps that it may', async () => {
    const power = '[server_manager]\ntype = "command"\nstart = ["true"]\nstop = ["true"]\nstate = ["false"]\n'
    const { asked } = await proxyWith({
      'infrarust.toml': '',
      'servers/s.toml': `${serverFile('s.example.com', await freePort())}\n${power}`,
    })
    const { remarks } = await asked('s.example.com')
    expect(remarks[0]).toMatch(
      /^past .*; it may be asleep until somebody joins: infrarust server list says so; .* server log s /,
    )
  })

  it('sends the server what the proxy sends it, and leads to doctor where it closes', async () => {
    const server = await backend({ header: true })
    const { asked } = await proxyWith({ 'infrarust.toml': '', 'servers/s.toml': serverFile('s.example.com', server) })
    const { ways, remarks, code } = await asked('s.example.com')
    expect(ways[1]).toMatchObject({ way: 'past', sends: false, result: 'closed' })
    expect(remarks[0]).toContain('it was sent no PROXY header: infrarust doctor says what it expects')
    expect(code).toBe(1)
  })

  it('says that no server has the domain, and shows what the proxy answers', async () => {
    const { asked } = await proxyWith({ 'infrarust.toml': '', 'servers/s.toml': serverFile('s.example.com', 1) })
    const { server, leads_to, ways, code } = await asked('other.example.com')
    expect([server, code, ways.length]).toEqual([null, 1, 1])
    expect(leads_to).toContain("is no server's domain")
    expect(ways[0]?.result).toBe('answered')
  })

  // It would only make the log of the proxy say that a stranger has sent a header.
  it('does not ask a listener that believes others alone, and asks where the players connect', async () => {
    const server = await backend()
    const { asked } = await proxyWith({
      'infrarust.toml': '[proxy_protocol]\nmode = "required"\ntrusted = ["10.0.0.2"]\n',
      'servers/s.toml': serverFile('s.example.com', server),
    })
    const { ways, remarks, code } = await asked('s.example.com')
    expect(ways.map(({ result }) => result)).toEqual(['not_asked', 'answered'])
    expect(remarks[0]).toContain('it takes no PROXY header from 127.0.0.1: write --via')
    expect(code).toBe(1)
    const via = await asked('s.example.com', '--via', `127.0.0.1:${server}`)
    expect(via.ways.map(({ way, address, sends, result }) => [way, address, sends, result])).toEqual([
      ['through', `127.0.0.1:${server}`, false, 'answered'],
      ['past', `127.0.0.1:${server}`, false, 'answered'],
    ])
    expect(via.code).toBe(0)
  })

  it('says that another program answers where no proxy runs, and that none runs where nothing answers', async () => {
    const server = await backend()
    const files = { 'infrarust.toml': '', 'servers/s.toml': serverFile('s.example.com', server) }
    const cwd = folderWith(files)
    const other = await finish(['ping', 's.example.com', '--bind', `127.0.0.1:${await backend()}`], '', { cwd })
    expect(other.stdout).toContain('what answers there is another program')
    const none = await finish(['ping', 's.example.com', '--bind', `127.0.0.1:${await freePort()}`], '', { cwd })
    expect(none.stdout).toMatch(/^through 127\.0\.0\.1:\d+: .*; no proxy runs with this configuration/m)
    expect(none.code).toBe(1)
  })

  it('prints what a server has sent as data, whatever it is', async () => {
    const description = '\x1b[2J\x1b]0;title\x07\u202eesrever\u200b'.repeat(50)
    const hostile = { ...STATUS, version: { name: '\x1b[31m', protocol: 2 ** 60 }, description }
    const server = await backend({ status: () => hostile })
    const { shown } = await proxyWith({ 'infrarust.toml': '', 'servers/s.toml': serverFile('s.example.com', server) })
    for (const args of [[], ['--json']]) {
      const { stdout } = await shown('s.example.com', ...args)
      expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
      expect(stdout.length).toBeLessThan(20_000)
    }
  })

  it.each(['a b', '', '\x1b[2J', 'é b'])('refuses what is no domain: %j', async (domain) => {
    const { code, stdout, stderr } = await finish(['ping', domain], '', { cwd: folderWith({}) })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: ".*" is no domain that a player can type; .*\n$/)
  })
})
