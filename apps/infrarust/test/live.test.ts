import { once } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { encodeV2 } from '@infrarust/proxy-protocol'
import { type Ended, folderWith, loginBytes } from '@infrarust/test-kit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connected } from './client.ts'
import { finish, start } from './program.ts'
import { Running } from './running.ts'

const TOML = 'bind = "127.0.0.1:0"\nreceive_proxy_protocol = true\n[rate_limit]\nmax_connections = 0\n'

let folder = ''
let proxy: Running
let backendPort = 0

beforeEach(async () => {
  backendPort = await backend()
  folder = folderWith({ 'infrarust.toml': TOML, 'servers/survival.toml': server('*.example.com') })
  proxy = new Running(folder)
  await proxy.port()
  await proxy.logged('"survival" added')
})

function server(domain: string): string {
  return `domains = ["${domain}"]\naddresses = ["127.0.0.1:${backendPort}"]\nsend_proxy_protocol = true\n`
}

/** Says one word, so that a session stands. */
async function backend(): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write('hello'))
  })
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => void listening.close())
  return (listening.address() as AddressInfo).port
}

/** A player in a session, behind a load balancer at 127.0.0.1. */
async function player(name: string, address: string, domain = 'a.example.com'): Promise<Socket> {
  const socket = await connected(await proxy.port())
  socket.on('error', () => {})
  const source = { address, port: 50_000 }
  const destination = { address: source.address.includes(':') ? '2001:db8::2' : '198.51.100.2', port: 25_565 }
  socket.write(Buffer.concat([encodeV2({ command: 'PROXY', source, destination }), loginBytes(domain, name)]))
  await once(socket, 'data')
  return socket
}

function command(...args: readonly string[]): Promise<Ended> {
  return finish([...args, '--config', join(folder, 'infrarust.toml')])
}

async function json(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await command(...args, '--json')).stdout)
}

describe('status', { timeout: 60_000 }, () => {
  it('shows listeners with the headers that came lately, providers, servers and limits', async () => {
    await player('Steve', '203.0.113.7')
    expect(await json('status')).toMatchObject({
      pid: expect.any(Number),
      transport: expect.stringMatching(/^(node|native)$/),
      log_level: 'info',
      connections: 1,
      sessions: 1,
      listeners: [
        {
          name: '127.0.0.1:0',
          proxy_protocol: 'required',
          trusted: null,
          connections: 1,
          headers: [{ peer: '127.0.0.1', header: 'v2 PROXY', count: 1 }],
        },
      ],
      providers: [{ name: 'file', state: 'serving', servers: 1 }],
      servers: [{ id: 'survival', state: 'online', provider: 'file', sessions: 1 }],
      limits: { 'rate_limit.max_connections': 0 },
    })
    const { stdout, code } = await command('status')
    expect(stdout).toMatch(/^rate_limit\.max_connections +off$/m)
    expect(stdout).toMatch(/^rate_limit\.window +10s$/m)
    expect(stdout).not.toMatch(/_ms|undefined/)
    expect(stdout).toMatch(/required +everybody +1 +v2 PROXY from 127\.0\.0\.1 \(1\)$/m)
    expect(code).toBe(0)
  })
  it('shows the limits that a server has of its own', async () => {
    const limits = 'max_players = 5\n[rate_limit]\nmax_concurrent = 2\nwindow = "1m"\n'
    writeFileSync(join(folder, 'servers/lobby.toml'), `${server('lobby.example.com')}${limits}`)
    await proxy.logged('"lobby" added')
    const { limits: shown } = (await json('status')) as { readonly limits: Readonly<Record<string, number>> }
    expect(Object.entries(shown).filter(([key]) => key.startsWith('lobby.'))).toEqual([
      ['lobby.max_players', 5],
      ['lobby.rate_limit.window_ms', 60_000],
      ['lobby.rate_limit.max_concurrent', 2],
    ])
  })
  it('is what doctor asks for the headers that came lately', async () => {
    await player('Steve', '203.0.113.7')
    const { stdout, stderr } = await command('doctor')
    expect(stdout).toContain('believed from everybody; headers lately: v2 PROXY from 127.0.0.1 (1)\n')
    expect(stderr).not.toContain('warn:')
  })
  it('says that no proxy runs, with an exit code of its own', async () => {
    const other = folderWith({ 'infrarust.toml': '' })
    const { stderr, code } = await finish(['status', '--config', join(other, 'infrarust.toml')])
    expect(stderr).toContain('no proxy runs with this configuration')
    expect(code).toBe(2)
  })

  // The defaults came into force, without a word about the filters that were gone.
  it('and reload say what is not in force as it is written: an emptied infrarust.toml, a list of which nothing was read', async () => {
    const path = join(folder, 'infrarust.toml')
    expect(await json('status')).toMatchObject({ problems: [] })
    writeFileSync(join(folder, 'blocked.txt'), '<html>\n')
    writeFileSync(path, `${TOML}[ip_filter]\nblacklist_file = "blocked.txt"\n`)
    await proxy.logged('this blacklist keeps nobody out')
    writeFileSync(path, '')
    await proxy.logged(
      'infrarust.toml: the file is empty; if that is meant, restart (the configuration stays as it was)',
    )
    const problems = [
      expect.stringMatching(/the file is empty/),
      expect.stringMatching(/this blacklist keeps nobody out/),
    ]
    expect(await json('status')).toMatchObject({ problems, listeners: [{ proxy_protocol: 'required' }] })
    expect((await command('status')).stdout).toMatch(/^not in force as written: .*infrarust\.toml: the file is empty/)
    const reloaded = await command('reload')
    expect(reloaded.stderr).toMatch(/the file is empty.*\n.*this blacklist keeps nobody out/)
    expect(reloaded.code).toBe(1)
    writeFileSync(join(folder, 'blocked.txt'), '192.0.2.1\n')
    writeFileSync(path, `${TOML}[ip_filter]\nblacklist_file = "blocked.txt"\n`)
    expect((await command('reload')).code).toBe(0)
    expect(await json('status')).toMatchObject({ problems: [] })
  })
})

describe('connections', { timeout: 60_000 }, () => {
  it('lists each with what the access record will say', async () => {
    await player('Steve', '203.0.113.7')
    expect(await json('connections')).toEqual({
      connections: [
        {
          id: expect.any(Number),
          state: 'relaying',
          client: '203.0.113.7',
          client_port: 50_000,
          peer: '127.0.0.1',
          peer_port: expect.any(Number),
          listener: '127.0.0.1:0',
          proxy_version: 2,
          proxy_command: 'PROXY',
          intent: 'login',
          protocol: 765,
          domain: 'a.example.com',
          player: 'Steve',
          server: 'survival',
          endpoint: `127.0.0.1:${backendPort}`,
          bytes_in: expect.any(Number),
          bytes_out: 5,
          age_ms: expect.any(Number),
          bytes_per_second: expect.any(Number),
        },
      ],
    })
  })
  it('sorts, and leaves out whom it was not asked about', async () => {
    await player('Zoe', '203.0.113.7')
    await player('Alex', '2001:db8::7')
    await player('Mia', '203.0.114.7')
    const names = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { connections } = (await json('connections', ...args)) as { connections: readonly { player: string }[] }
      return connections.map((each) => each.player)
    }
    expect(await names()).toEqual(['Zoe', 'Alex', 'Mia'])
    expect(await names('--sort', 'player')).toEqual(['Alex', 'Mia', 'Zoe'])
    expect(await names('--client', '203.0.113.0/24')).toEqual(['Zoe'])
    expect(await names('--client', '2001:db8::/32')).toEqual(['Alex'])
    expect(await names('--server', 'survival')).toHaveLength(3)
    expect(await names('--server', 'creative')).toEqual([])
    const refused = await command('connections', '--client', 'nowhere')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('"nowhere" is no client')])
  })
  it('looks again and again with --watch, each look a line of JSON', async () => {
    await player('Steve', '203.0.113.7')
    const watching = start(['connections', '--watch', '--json', '--config', join(folder, 'infrarust.toml')])
    onTestFinished(() => void watching.kill())
    const looks: unknown[] = []
    for await (const line of createInterface({ input: watching.stdout })) {
      looks.push(JSON.parse(line))
      if (looks.length === 2) break
    }
    expect(looks).toMatchObject([{ connections: [{ player: 'Steve' }] }, { connections: [{ player: 'Steve' }] }])
    // Ctrl-C is how one ends it, also where its output goes to a program.
    watching.kill('SIGINT')
    expect(await once(watching, 'exit')).toEqual([0, null])
  })
  // Control characters get nobody in; a name may still hold what cannot be seen, and pose as another one.
  it('prints names so that nothing in them is hidden', async () => {
    await player('No\u200btch\ufeff', '203.0.113.7', 'a.example.com')
    const { stdout } = await command('connections')
    expect(stdout).toContain('No\\u{200b}tch\\u{feff}')
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('kick', { timeout: 60_000 }, () => {
  it.each([
    ['a player, in any case', 'steve', ['Steve']],
    ['an address', '2001:db8:0:0::7', ['Alex']],
    ['a network', '203.0.113.0/24', ['Steve', 'Mia']],
  ])('ends the sessions of %s, and no other', async (_, target, names) => {
    const players = {
      Steve: await player('Steve', '203.0.113.7'),
      Alex: await player('Alex', '2001:db8::7'),
      Mia: await player('Mia', '203.0.113.8'),
    }
    const { stdout, code } = await command('kick', target)
    expect(stdout.match(/: (\w+) from/g)).toEqual(names.map((name) => `: ${name} from`))
    expect(code).toBe(0)
    for (const name of names) expect((await proxy.access((line) => line.player === name)).reason).toBe('kicked')
    const left = Object.entries(players).filter(([name]) => !names.includes(name))
    expect(left.every(([, socket]) => !socket.readableEnded && !socket.destroyed)).toBe(true)
    expect(((await json('connections')) as { connections: unknown[] }).connections).toHaveLength(left.length)
  })
  it('ends the connection with an id', async () => {
    await player('Steve', '203.0.113.7')
    await player('Alex', '203.0.113.7')
    const { connections } = (await json('connections')) as { connections: readonly { id: number; player: string }[] }
    const id = connections.find((each) => each.player === 'Alex')?.id
    expect(await json('kick', String(id))).toMatchObject({ kicked: [{ id, player: 'Alex' }] })
    expect((await proxy.access()).player).toBe('Alex')
  })
  it('finds a player whose name is a number', async () => {
    await player('99999999', '203.0.113.7')
    expect((await command('kick', '99999999')).stdout).toMatch(
      /^kicked \d+: 99999999 from 203\.0\.113\.7 on survival\n$/,
    )
  })
  it.each([
    ['.Bed Rock', ' Steve', '203.0.113.7'],
    ['2', '10.0.0.0/8', 'ИВАН'],
  ])('finds the players %j, %j and %j by --name, as connections do, and nobody else', async (...names) => {
    const other = await player('Steve', '203.0.113.7')
    // One after the other leaves, beside those who are still there.
    for (const name of names) await player(name, '203.0.113.8')
    for (const name of names) {
      const listed = await json('connections', '--name', name.toLowerCase())
      expect((listed as { connections: unknown[] }).connections).toMatchObject([{ player: name }])
      expect(((await json('kick', '--name', name.toLowerCase())) as { kicked: unknown[] }).kicked).toMatchObject([
        { player: name },
      ])
    }
    expect(other.readableEnded || other.destroyed).toBe(false)
    expect(await json('connections')).toMatchObject({ connections: [{ player: 'Steve' }] })
  })
  it('says what to write instead of a target that is none, where nobody is called so', async () => {
    await player('.Bed Rock', '203.0.113.7')
    const pattern = await command('kick', '203.0.113.*')
    expect(pattern).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('write 203.0.113.0/24') })
    expect(await command('kick', '.bed rock')).toMatchObject({ code: 0, stdout: expect.stringContaining('.Bed Rock') })
    for (const args of [[], ['Steve', '--name', 'Steve']])
      expect(await command('kick', ...args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('one of the two'),
      })
  })
  it('exits 1 where there is nobody', async () => {
    const { stderr, code } = await command('kick', 'Nobody')
    expect(stderr).toBe('infrarust: nobody is connected as Nobody\n')
    expect(code).toBe(1)
  })
})

describe('reload', { timeout: 60_000 }, () => {
  it('takes over what was saved, and says what changed', async () => {
    writeFileSync(join(folder, 'infrarust.toml'), `max_connections = 100\n${TOML}`)
    writeFileSync(join(folder, 'servers/creative.toml'), server('creative.example.net'))
    const answer = (await json('reload')) as {
      readonly changes: readonly string[]
      readonly earlier: { readonly changes: readonly string[] }
    }
    // The watcher may have been quicker with one of the two or with both. Of both only the later one was told.
    const said = [...answer.changes, ...answer.earlier.changes]
    expect(said).toContain('max_connections: not set → 100')
    expect(said).toContain(`server "creative" added: creative.example.net -> 127.0.0.1:${backendPort}, sends PROXY v2`)
    expect(await json('status')).toMatchObject({
      limits: { max_connections: 100 },
      servers: [{ id: 'creative' }, { id: 'survival' }],
    })
  })
  it('names conflicts, and a folder that is gone', async () => {
    writeFileSync(join(folder, 'servers/thief.toml'), server('*.example.com'))
    const conflict = await command('reload')
    expect([conflict.code, conflict.stderr.match(/^error: .*\*\.example\.com/gm)]).toEqual([1, [expect.anything()]])
    rmSync(join(folder, 'servers'), { recursive: true })
    const gone = await command('reload')
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/^error: servers is missing/m)])
  })
  it('names what is wrong each time that it is asked, and exits 1', async () => {
    writeFileSync(join(folder, 'infrarust.toml'), `max_connections = "many"\n${TOML}`)
    writeFileSync(join(folder, 'servers/creative.toml'), 'domains = 7\n')
    for (let time = 0; time < 2; time++) {
      const { stderr, code } = await command('reload')
      expect(stderr).toMatch(/^error: .*infrarust\.toml:1:\d+: max_connections/m)
      expect(stderr).toMatch(/^error: .*creative\.toml:1:\d+: domains/m)
      expect(code).toBe(1)
    }
  })
})

describe('log level', { timeout: 60_000 }, () => {
  it('shows and sets the level, and refuses what is none', async () => {
    expect((await command('log', 'level')).stdout).toBe('info\n')
    expect((await command('log', 'level', 'error')).stdout).toBe('info → error\n')
    expect(await json('status')).toMatchObject({ log_level: 'error' })
    const refused = await command('log', 'level', 'loud')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('"loud" is no level')])
  })
})

describe('providers', { timeout: 60_000 }, () => {
  it('shows the state and the servers of each, and what is wrong', async () => {
    expect(await json('providers')).toEqual({
      providers: [
        { name: 'file', state: 'serving', servers: ['survival'], problems: [], conflicts: [], last_error: null },
      ],
    })
    writeFileSync(join(folder, 'servers/thief.toml'), server('*.example.com'))
    await proxy.logged('thief')
    const { stdout, code } = await command('providers')
    expect(stdout).toMatch(/\*\.example\.com/)
    expect(code).toBe(1)
  })
  // A factory that asks a database, or a folder that is mounted late, would be left out until the next restart.
  it('shows why a custom one could not be loaded, and that it serves as soon as it can', async () => {
    writeFileSync(join(folder, 'infrarust.toml'), `${TOML}[[provider]]\nuse = "./late.mjs"\n`)
    await proxy.logged('"./late.mjs" cannot be loaded')
    const last_error = { message: expect.stringContaining('cannot be loaded'), at: expect.any(String) }
    const custom = { name: './late.mjs', servers: [], problems: [], conflicts: [], last_error }
    expect(await json('providers')).toMatchObject({ providers: [{ name: 'file' }, { ...custom, state: 'failing' }] })
    const values = JSON.stringify({ domains: ['late.example.net'], addresses: [`127.0.0.1:${backendPort}`] })
    const start = `start: (emit) => emit({ servers: [{ key: 'late', source: 'here', values: ${values} }] })`
    // In one step: a module that was read half would stay what it was then.
    writeFileSync(join(folder, 'new.mjs'), `export default () => ({ name: 'late', ${start} })`)
    renameSync(join(folder, 'new.mjs'), join(folder, 'late.mjs'))
    await proxy.logged('"late" added')
    expect(await json('providers')).toMatchObject({
      providers: [{ name: 'file' }, { ...custom, state: 'serving', servers: ['late'] }],
    })
  })
})

describe('trace', { timeout: 60_000 }, () => {
  it('follows a client behind a load balancer: phases, headers both ways, decisions and the end', async () => {
    const tracing = start(['trace', '203.0.113.0/24', '--json', '--config', join(folder, 'infrarust.toml')])
    onTestFinished(() => void tracing.kill())
    const lines: Record<string, unknown>[] = []
    const reader = createInterface({ input: tracing.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<Record<string, unknown>> => {
      const { value } = await reader.next()
      return JSON.parse(value ?? '')
    }
    expect(await next()).toEqual({ kind: 'tracing', target: '203.0.113.0/24' })

    await player('Alex', '198.51.100.99')
    const socket = await player('Steve', '203.0.113.7')
    socket.end()
    for (;;) {
      const line = await next()
      lines.push(line)
      if (line.input === 'finished') break
    }
    expect(new Set(lines.map((line) => line.client))).toEqual(new Set(['203.0.113.7']))
    const [first] = lines
    expect(first).toMatchObject({
      kind: 'step',
      input: 'bytes',
      from: 'proxy-header',
      peer: '127.0.0.1',
      received_header: { decoded: { ok: true, version: 2, command: 'PROXY', source: { address: '203.0.113.7' } } },
      decision: 'relay',
      attempts: [`127.0.0.1:${backendPort}`],
      sent_header: { decoded: { ok: true, version: 2, source: { address: '203.0.113.7', port: 50_000 } } },
    })
    expect(String(first?.text)).toMatch(
      /received header: v2 PROXY 203\.0\.113\.7:50000 → 198\.51\.100\.2:25565, 28 bytes 0d0a0d0a/,
    )
    expect(String(first?.text)).toContain('login to a.example.com')
    expect(lines.some((line) => line.input === 'dialled' && line.state === 'relaying')).toBe(true)
    // It had 0 bytes: the connection is gone by then, and its counters with it.
    const over = lines.at(-1)
    expect(over).toMatchObject({ reason: expect.stringMatching(/^client_/), state: 'closed', bytes_out: 5 })
    expect(over?.text).toContain(`over, ${over?.bytes_in} B in, 5 B out`)
  })
  // As JSON its TLVs were more than an answer of the control socket may have, and the trace ended there.
  it('goes on after a header of a thousand TLVs', async () => {
    writeFileSync(join(folder, 'infrarust.toml'), `${TOML}[proxy_protocol]\nmax_header_size = 8192\n`)
    await proxy.logged('max_header_size')
    const tracing = start(['trace', '203.0.113.7', '--json', '--config', join(folder, 'infrarust.toml')])
    onTestFinished(() => void tracing.kill())
    const reader = createInterface({ input: tracing.stdout })[Symbol.asyncIterator]()
    await reader.next()
    const source = { address: '203.0.113.7', port: 50_000 }
    const destination = { address: '198.51.100.2', port: 25_565 }
    const tlvs = Array.from({ length: 1_300 }, () => ({ type: 0xe0, value: new Uint8Array(0) }))
    const socket = await connected(await proxy.port())
    socket.write(
      Buffer.concat([encodeV2({ command: 'PROXY', source, destination, tlvs }), loginBytes('a.example.com', 'Steve')]),
    )
    const header = async (): Promise<unknown> => JSON.parse((await reader.next()).value ?? '').received_header
    let seen = await header()
    while (seen === undefined) seen = await header()
    expect(seen).toMatchObject({ decoded: { ok: true, headerLength: 28 + 3 * tlvs.length, tlvs: [] } })
  })
  it('says why a connection was refused', async () => {
    const tracing = start(['trace', '127.0.0.1', '--config', join(folder, 'infrarust.toml')])
    onTestFinished(() => void tracing.kill())
    const reader = createInterface({ input: tracing.stdout })[Symbol.asyncIterator]()
    expect((await reader.next()).value).toBe('following 127.0.0.1; Ctrl-C ends it')
    const socket = await connected(await proxy.port())
    socket.on('error', () => {})
    socket.write(loginBytes('a.example.com', 'Steve'))
    const until = async (what: string): Promise<string> => {
      let said = ''
      while (!said.includes(what)) said += (await reader.next()).value
      return said
    }
    expect(await until('reason proxy_protocol')).toContain('it looks like a Minecraft handshake')
    await player('Steve', '203.0.113.7', 'nowhere.example.net')
    expect(await until('reason unknown_domain')).toContain('no server has it')
    // It has a server, which is not looked for on behalf of somebody who may not come in.
    await command('ban', 'add', '203.0.113.8')
    await player('Steve', '203.0.113.8')
    expect(await until('reason banned')).not.toContain('no server')
  })
})
