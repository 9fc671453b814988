import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { BackendNames } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import { decodeFrame, encodeStatusResponse } from '@infrarust/minecraft'
import { decode } from '@infrarust/proxy-protocol'
import { folderWith } from '@infrarust/test-kit'
import { FakeCrafty, FakePterodactyl } from '@infrarust/test-kit/panels'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Diagnosis, diagnoseServer } from '../src/doctor/diagnose.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

/** What the first bytes of a connection were. */
type Opening = 'none' | 'v1' | 'v2-local' | 'v2-proxy'

/** A backend that answers a list ping after these openings and closes after all others; its port. */
async function backend(...answers: readonly Opening[]): Promise<number> {
  return await listening((socket) =>
    socket.once('data', (chunk) => {
      if (answers.includes(openingOf(chunk))) socket.write(encodeStatusResponse('{"description":"here"}'))
      else socket.destroy()
    }),
  )
}

function openingOf(chunk: Buffer): Opening {
  const decoded = decode(chunk)
  if (decoded.kind !== 'header') return 'none'
  if (decoded.header.version === 1) return 'v1'
  return decoded.header.command === 'LOCAL' ? 'v2-local' : 'v2-proxy'
}

/** The hex of the last whole frame, whatever was in those before it. */
function lastPacketOf(bytes: Buffer): string {
  let last = ''
  for (let rest: Uint8Array = bytes; ; ) {
    const frame = decodeFrame(rest, 2 ** 21)
    if (frame.kind !== 'decoded') return last
    last = Buffer.from(rest.subarray(0, frame.consumedBytes)).toString('hex')
    rest = rest.subarray(frame.consumedBytes)
  }
}

async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function server(name: string, port: number, more = ''): string {
  return `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:${port}"]\n${more}`
}

interface Answer {
  readonly servers: readonly {
    readonly id: string
    readonly verdict: string
    readonly endpoints: readonly { readonly none: string; readonly v1: string; readonly v2: string }[]
    readonly fix: string | null
    readonly power?: {
      readonly type: string
      readonly state: string
      readonly checks: readonly { readonly ok: boolean; readonly text: string }[]
    }
  }[]
}

async function doctor(
  files: Readonly<Record<string, string>>,
  ...ids: readonly string[]
): Promise<Answer & { code: number | null }> {
  const cwd = folderWith({ 'infrarust.toml': '', ...files })
  const { stdout, code } = await finish(['doctor', ...ids, '--json', '--config', 'infrarust.toml'], '', { cwd })
  const answer: Answer = JSON.parse(stdout)
  return { ...answer, code }
}

describe('a name with several addresses', { timeout: 60_000 }, () => {
  /** What doctor says of a server at `mc.test`, which stands for these. */
  async function diagnosed(port: number, ...addresses: readonly string[]): Promise<Diagnosis> {
    const targets = addresses.map((address) => ({ address, port: undefined }))
    const names = new BackendNames({ lookUp: async () => ({ kind: 'found', targets, ttlSeconds: 30 }), log: () => {} })
    onTestFinished(() => names.stop())
    const values = { domains: ['mc.test'], addresses: [`mc.test:${port}`] }
    const validated = validateServer({ key: 'mc', source: 'servers/mc.toml', values }, 'file')
    if (!('server' in validated) || validated.server === undefined) throw new Error('the server is not valid')
    return await diagnoseServer(validated.server, names)
  }

  // localhost is 127.0.0.1 and ::1 on most machines, and a server that listened on one of them was "unreachable".
  it('is well where one family leads to the server and the other one nowhere', async () => {
    const port = await backend('none')
    expect(await diagnosed(port, '127.0.0.1', '::1')).toMatchObject({
      verdict: 'ok',
      endpoints: [{ address: `mc.test:${port} (127.0.0.1)`, none: 'answered' }],
    })
  })
  it('is not where one of two alike leads nowhere, and that one is named', async () => {
    const port = await backend('none')
    const { verdict, fix } = await diagnosed(port, '127.0.0.1', '127.0.0.2')
    expect(verdict).toBe('unreachable')
    expect(fix).toContain(`mc.test:${port} (127.0.0.2) cannot be reached`)
    expect(fix).not.toContain('127.0.0.1')
  })
})

describe('doctor', { timeout: 60_000 }, () => {
  it('succeeds where every server gets what it expects', async () => {
    const [plain, strict] = await Promise.all([backend('none'), backend('v1', 'v2-local', 'v2-proxy')])
    const { servers, code } = await doctor({
      'servers/plain.toml': server('plain', plain),
      'servers/strict.toml': server('strict', strict, 'send_proxy_protocol = true\n'),
    })
    expect(servers.map(({ id, verdict, fix }) => [id, verdict, fix])).toEqual([
      ['plain', 'ok', null],
      ['strict', 'ok', null],
    ])
    expect(code).toBe(0)
  })
  it('tries those alone that are named, and knows no other id', async () => {
    const files = {
      'servers/plain.toml': server('plain', await backend('none')),
      'servers/gone.toml': server('gone', await backend('v1')),
    }
    const { servers, code } = await doctor(files, 'plain')
    expect([code, servers.map(({ id }) => id)]).toEqual([0, ['plain']])
    const cwd = folderWith({ 'infrarust.toml': '', ...files })
    const other = await finish(['doctor', 'plian', '--config', 'infrarust.toml'], '', { cwd })
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('no server has the id plian; infrarust check lists them'),
    ])
  })
  it('asks with the addresses of its own socket where a server answers LOCAL with nothing', async () => {
    const port = await backend('v2-proxy')
    const { servers, code } = await doctor({
      'servers/bungee.toml': server('bungee', port, 'send_proxy_protocol = true\n'),
    })
    expect(servers).toMatchObject([{ verdict: 'ok', endpoints: [{ none: 'closed', v1: 'closed', v2: 'answered' }] }])
    expect(code).toBe(0)
  })
  // Read as Minecraft frames a version 2 header is three that a lenient server skips: it answered, and lost the address.
  it('does not take a server that skips what it does not understand for one that reads headers', async () => {
    const port = await listening((socket) => {
      let received = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        if (lastPacketOf(received) === '0100') socket.write(encodeStatusResponse('{"description":"here"}'))
      })
    })
    const { servers } = await doctor({
      'servers/with.toml': server('with', port, 'send_proxy_protocol = true\n'),
      'servers/without.toml': server('without', port),
    })
    expect(servers.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['with', 'unexpected_header'],
      ['without', 'ok'],
    ])
  })
  it('lets a server that takes headers and does not need them have either', async () => {
    const port = await backend('none', 'v2-local')
    const { servers } = await doctor({
      'servers/with.toml': server('with', port, 'send_proxy_protocol = true\n'),
      'servers/without.toml': server('without', port),
    })
    expect(servers.map(({ verdict }) => verdict)).toEqual(['ok', 'ok'])
  })
  it('names the version that a server wants', async () => {
    const [old, recent] = await Promise.all([backend('v1'), backend('v2-local', 'v2-proxy')])
    const { servers } = await doctor({
      'servers/old.toml': server('old', old, 'send_proxy_protocol = true\n'),
      'servers/recent.toml': server('recent', recent, 'send_proxy_protocol = "v1"\n'),
      'servers/silent.toml': server('silent', old),
    })
    expect(servers.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['old', 'wrong_version'],
      ['recent', 'wrong_version'],
      ['silent', 'needs_header'],
    ])
    expect(servers[0]?.fix).toContain('send_proxy_protocol = "v1" in servers/old.toml')
    expect(servers[1]?.fix).toContain('send_proxy_protocol = true in servers/recent.toml')
    expect(servers[2]?.fix).toContain('send_proxy_protocol = "v1" in servers/silent.toml')
  })
  it('does not take what is no Minecraft server for one', async () => {
    const port = await listening((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
    const { servers, code } = await doctor({ 'servers/ssh.toml': server('ssh', port) })
    expect(servers).toMatchObject([{ verdict: 'garbled', endpoints: [{ none: 'garbled' }] }])
    expect(code).toBe(1)
  })
  // It had "no answer": half of one is an answer, too.
  it.each(['ends', 'falls silent'])(
    'does not call a server silent that %s in the middle of its answer',
    async (how) => {
      const half = encodeStatusResponse('{"description":"here"}').subarray(0, 12)
      const port = await listening((socket) => void (how === 'ends' ? socket.end(half) : socket.write(half)))
      const { servers } = await doctor({ 'servers/odd.toml': server('odd', port) })
      expect(servers).toMatchObject([{ verdict: 'garbled', endpoints: [{ none: 'garbled' }] }])
    },
  )
  it.each(['{"description":', '<html>', '[]', ''])(
    'does not call a server well whose status no client can read: %s',
    async (json) => {
      const port = await listening((socket) => void socket.write(encodeStatusResponse(json)))
      const { servers } = await doctor({ 'servers/odd.toml': server('odd', port) })
      expect(servers).toMatchObject([{ verdict: 'garbled', endpoints: [{ none: 'garbled' }] }])
    },
  )
  it('does not ask the proxy itself, and names the server that leads back to it', async () => {
    let accepted = 0
    const port = await listening(() => accepted++)
    const { servers, code } = await doctor({
      'infrarust.toml': `bind = "127.0.0.1:${port}"\n`,
      'servers/round.toml': server('round', port),
    })
    expect(servers).toMatchObject([
      { id: 'round', verdict: 'loop', endpoints: [{ none: 'loop', v1: 'loop', v2: 'loop' }] },
    ])
    expect(servers[0]?.fix).toBe(
      `127.0.0.1:${port} is this proxy itself, which sends nobody there: write in servers/round.toml where the server listens`,
    )
    expect(accepted).toBe(0)
    expect(code).toBe(1)
  })
  // It was "ok": the proxy's own answer came back by way of the forwarder.
  it('names a server that leads back to the running proxy by way of others, whatever it is sent', async () => {
    let proxyPort = 0
    const forwarder = await listening((socket) => {
      const onward = connect(proxyPort, '127.0.0.1')
      onward.on('error', () => socket.destroy())
      socket.pipe(onward).pipe(socket)
    })
    const well = await backend('none')
    const cwd = folderWith({
      'infrarust.toml': '[proxy_protocol]\nmode = "optional"\ntrusted = ["127.0.0.0/8"]\n',
      'servers/round.toml': server('round', forwarder),
      'servers/circle.toml': server('circle', forwarder, 'send_proxy_protocol = true\n'),
      'servers/well.toml': server('well', well),
    })
    proxyPort = await new Running(cwd, ['--config', 'infrarust.toml']).port()
    const { stdout, code } = await finish(['doctor', '--json', '--config', 'infrarust.toml'], '', { cwd })
    const { servers }: Answer = JSON.parse(stdout)
    expect(servers.map(({ id, verdict }) => `${id}: ${verdict}`).sort()).toEqual([
      'circle: loop',
      'round: loop',
      'well: ok',
    ])
    for (const { id, fix } of servers)
      if (id !== 'well') expect(fix).toContain(`127.0.0.1:${forwarder} leads back to this proxy by way of others`)
    expect(code).toBe(1)
  })
  it('judges a server by the worst of its addresses, and names that one', async () => {
    const [good, bad] = await Promise.all([backend('none'), backend('v2-local')])
    const { servers } = await doctor({
      'servers/two.toml': `domains = ["two.example.com"]\naddresses = ["127.0.0.1:${good}", "127.0.0.1:${bad}"]\n`,
    })
    expect(servers).toMatchObject([{ verdict: 'needs_header', endpoints: [{ none: 'answered' }, { none: 'closed' }] }])
    expect(servers[0]?.fix).toContain(`127.0.0.1:${bad} expects`)
    expect(servers[0]?.fix).not.toContain(`:${good} expects`)
  })
  // One key serves all addresses: its advice for the second one would have broken the first.
  it('says which address a change for the other one would break', async () => {
    const [plain, strict] = await Promise.all([backend('none'), backend('v2-local')])
    const addresses = `addresses = ["127.0.0.1:${plain}", "127.0.0.1:${strict}"]\n`
    const { servers } = await doctor({
      'servers/a.toml': `domains = ["a.example.com"]\n${addresses}`,
      'servers/b.toml': `domains = ["b.example.com"]\n${addresses}send_proxy_protocol = true\n`,
    })
    expect(servers.map(({ verdict }) => verdict)).toEqual(['needs_header', 'unexpected_header'])
    expect(servers[0]?.fix).toContain(`; but 127.0.0.1:${plain} is well with what it gets now`)
    expect(servers[1]?.fix).toContain(`; but 127.0.0.1:${strict} is well with what it gets now`)
  })
  // It was "all ok" where the engine, and so each of its servers, could not be seen.
  it('does not call all well where a provider cannot list its servers', async () => {
    const cwd = folderWith({ 'infrarust.toml': '[docker]\nendpoint = "tcp://127.0.0.1:1"\n', 'servers/.keep': '' })
    const { stdout, stderr, code } = await finish(['doctor', '--json'], '', { cwd })
    expect(stdout).toBe('{"servers":[]}\n')
    expect(stderr).toContain('tcp://127.0.0.1:1 cannot be read')
    expect(code).toBe(1)
  })
  it.each(['doctor', 'check'])('ends with its answer, whatever a provider leaves behind: %s', async (command) => {
    const cwd = folderWith({
      'infrarust.toml': '[[provider]]\nuse = "./restless.mjs"\n',
      'servers/.keep': '',
      'restless.mjs': `export default () => ({
        name: 'restless',
        async start(emit) {
          setInterval(() => {}, 1_000)
          emit({ servers: [] })
        },
      })`,
    })
    expect((await finish([command, '--json'], '', { cwd })).code).toBe(0)
  })
  // Its first line on a standard error that nobody read was its last one.
  it('gives its answer where nobody reads the progress', async () => {
    const servers = Array.from({ length: 20 }, (_, index) => [`servers/s${index}.toml`, server(`s${index}`, 1)])
    const cwd = folderWith({ 'infrarust.toml': '', ...Object.fromEntries(servers) })
    const program = start(['doctor', '--json'], { cwd })
    program.stderr.destroy()
    const answer: Answer = JSON.parse(await text(program.stdout))
    expect(answer.servers).toHaveLength(20)
  })
  it('says so where a proxy seems to run and cannot be asked', async () => {
    const cwd = folderWith({ 'infrarust.toml': '[control]\nsocket = "infrarust.toml/infrarust.sock"\n' })
    const { stderr, code } = await finish(['doctor'], '', { cwd })
    expect(stderr).toMatch(/^warn: which headers came lately is not known: .*a part of this path is no folder/m)
    expect(code).toBe(0)
  })
  it('prints a table, the way in, and what to change for people', async () => {
    const port = await backend('v2-local')
    const cwd = folderWith({ 'infrarust.toml': '', 'servers/s.toml': server('s', port) })
    const { stdout, stderr, code } = await finish(['doctor', '--config', 'infrarust.toml'], '', { cwd })
    expect(stdout).toContain('listener  0.0.0.0:25565  PROXY protocol off\n')
    expect(stdout).toMatch(/^SERVER +VERDICT +SENDS +ADDRESS +WITHOUT +WITH V1 +WITH V2$/m)
    expect(stdout).toMatch(/^s +needs_header +no header +127\.0\.0\.1:\d+ +closed +closed +answered$/m)
    expect(stdout).toMatch(/^s: .*set send_proxy_protocol = true in servers\/s\.toml/m)
    expect(stderr).toBe('1/1 s: needs_header\n')
    expect(code).toBe(1)
  })
  it.each([
    ['bind = "0.0.0.0:25565"\nreceive_proxy_protocol = true\n', true],
    ['bind = "10.0.0.1:25565"\nreceive_proxy_protocol = true\n', false],
    ['bind = "[::1]:25565"\nreceive_proxy_protocol = true\n', false],
    ['bind = "[2001:db8::1]:25565"\nreceive_proxy_protocol = true\n', true],
    ['[proxy_protocol]\nmode = "optional"\ntrusted = ["::/0"]\n', true],
    ['[proxy_protocol]\nmode = "required"\ntrusted = ["10.0.0.2"]\n', false],
    ['bind = "0.0.0.0:25565"\n', false],
  ])('warns of a listener that anybody can reach and that believes everybody: %j %s', async (toml, warns) => {
    const cwd = folderWith({ 'infrarust.toml': toml })
    const { stderr } = await finish(['doctor', '--config', 'infrarust.toml'], '', { cwd })
    expect(stderr.includes('believes everybody')).toBe(warns)
  })
  it('exits 2 for a configuration that does not load', async () => {
    const cwd = folderWith({ 'infrarust.toml': 'bind = 25565\n' })
    const { stderr, stdout, code } = await finish(['doctor', '--json'], '', { cwd })
    expect(stderr).toMatch(/^error: infrarust\.toml:1:\d+: bind is 25565;/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

describe('a server that a panel starts and stops', { timeout: 60_000 }, () => {
  const panelled = (panel: FakePterodactyl | FakeCrafty, type: string, more = '') => {
    const { apiUrl } = panel.options()
    return `[server_manager]\ntype = "${type}"\napi_url = "${apiUrl}"\napi_key = "${panel.key}"\nserver_id = "${panel.serverId}"\n${more}`
  }

  it('is not dialled while it sleeps, and the panel is asked whether it would be started', async () => {
    const [good, bad] = await Promise.all([new FakePterodactyl(0).listen(), new FakeCrafty(3_600_000).listen()])
    bad.mayCommand = false
    const dialled: string[] = []
    const port = await listening((socket) => {
      dialled.push('somebody')
      socket.destroy()
    })
    try {
      const files = {
        'servers/good.toml': server('good', port, panelled(good, 'pterodactyl')),
        'servers/bad.toml': server('bad', port, panelled(bad, 'crafty', 'insecure = true\n')),
      }
      const { servers, code } = await doctor(files)
      expect(servers).toMatchObject([
        {
          id: 'bad',
          verdict: 'asleep',
          power: {
            type: 'crafty',
            state: 'stopped',
            checks: [{ ok: true }, { ok: false, text: expect.stringContaining('Commands') }],
          },
        },
        {
          id: 'good',
          verdict: 'asleep',
          endpoints: [],
          fix: null,
          power: { state: 'stopped', checks: [{ ok: true }, { ok: true }] },
        },
      ])
      expect([code, dialled, good.orders(), good.starts, bad.starts]).toEqual([1, [], [], 0, 0])
      const { 'servers/good.toml': alone } = files
      expect((await doctor({ 'servers/good.toml': alone })).code).toBe(0)
      // What runs, as its panel says, is dialled like any other server.
      good.state = 'running'
      expect((await doctor({ 'servers/good.toml': alone })).servers[0]?.verdict).toBe('no_answer')
      good.state = 'offline'

      const cwd = folderWith({ 'infrarust.toml': '', ...files })
      const { stdout, stderr } = await finish(['doctor', '--config', 'infrarust.toml'], '', { cwd })
      expect(stdout).toContain(
        'good: server_manager, type = "pterodactyl": ok, stopped: the panel knows the server, as "Survival"',
      )
      expect(stdout).toMatch(/bad: server_manager, type = "crafty": to be mended, stopped: .*NOT_AUTHORIZED.* Commands/)
      for (const { key } of [good, bad]) expect(stdout + stderr).not.toContain(key)
    } finally {
      await Promise.all([good.stop(), bad.stop()])
    }
  })

  it('is named with what is wrong where the panel does not take the key', async () => {
    const panel = await new FakePterodactyl(0).listen()
    const port = await backend('none')
    try {
      const written = panelled(panel, 'pterodactyl').replace(panel.key, 'ptla_wrong')
      const { servers, code } = await doctor({ 'servers/a.toml': server('a', port, written) })
      expect(code).toBe(1)
      expect(servers).toMatchObject([
        {
          verdict: 'asleep',
          power: {
            state: 'unknown',
            checks: [{ ok: false, text: expect.stringContaining('api_key is an application key') }],
          },
        },
      ])
    } finally {
      await panel.stop()
    }
  })
})
