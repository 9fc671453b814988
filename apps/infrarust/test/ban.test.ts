import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Ended, folderWith, loginBytes } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connected, kickText, ping } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

/** Runs `infrarust ban …` in a folder. */
function ban(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return finish(['ban', ...args], '', { cwd })
}

/** A server that says this to whoever logs in, or never a word. */
async function backend(answer: string | undefined) {
  const { promise: reached, resolve } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      resolve()
      if (answer !== undefined) socket.write(answer)
    })
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, reached }
}

async function proxy(answer: string | undefined) {
  const { port: backendPort, reached } = await backend(answer)
  const server = `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\n`
  const folder = folderWith({ 'infrarust.toml': '', 'servers/a.toml': server })
  const running = new Running(folder)
  const port = await running.port()
  await running.logged('server "a" added')
  return { folder, running, port, reached }
}

/** Logs in and waits for the server's word. */
async function session(port: number, name: string) {
  const socket = await connected(port)
  socket.on('error', () => {})
  socket.write(loginBytes('a.example.com', name))
  await once(socket, 'data')
  return socket
}

const PROGRAM = fileURLToPath(new URL('../bin/infrarust.js', import.meta.url))
const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'

function bannedLine(target: string): string {
  return target === '' ? '' : `banned ${target}`
}

describe('infrarust ban', { timeout: 60_000 }, () => {
  it('ends the session of a player who is banned by name, with reason banned, and keeps the player out', async () => {
    const { folder, running, port } = await proxy('hello')
    const socket = await session(port, 'Steve')
    const closed = once(socket, 'close')
    const other = await session(port, 'Alex')
    const { code, stdout } = await ban(folder, 'add', 'sTEVE', '--reason', 'griefing')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'banned sTEVE\n' })
    await closed
    expect(await running.access(({ player }) => player === 'Steve')).toMatchObject({ reason: 'banned' })
    expect(await kickText(port, 'a.example.com', 'steve')).toContain('griefing')
    expect(other.closed).toBe(false)
    expect(await ban(folder, 'remove', 'Steve')).toMatchObject({ code: 0, stdout: 'unbanned Steve\n' })
    ;(await session(port, 'Steve')).destroy()
  })
  it.each(['127.0.0.1', '127.0.0.0/8', '::ffff:127.0.0.1'])(
    'ends everything from %s, list pings too',
    async (target) => {
      const { folder, port } = await proxy('hello')
      const socket = await session(port, 'Steve')
      const closed = once(socket, 'close')
      expect(await ban(folder, 'add', target, '--duration', '1h')).toMatchObject({ code: 0 })
      await closed
      expect((await ping(port, 'a.example.com')).text).toContain('You are banned.')
      expect(await kickText(port, 'a.example.com', 'Steve')).toContain('Until')
    },
  )
  it('kicks a player whose server is being dialled when the ban lands', async () => {
    const { folder, running, port, reached } = await proxy(undefined)
    const text = kickText(port, 'a.example.com', 'Steve')
    // The server has the connection and says nothing: until its first byte that is a dial.
    await reached
    expect(await ban(folder, 'add', 'Steve', '--reason', 'griefing')).toMatchObject({ code: 0 })
    expect(await text).toContain('griefing')
    expect(await running.access()).toMatchObject({ reason: 'banned' })
  })
  it('enforces what was banned in the store alone, and what is written beside the proxy', async () => {
    const folder = folderWith({ 'infrarust.toml': '' })
    expect(await ban(folder, 'add', 'Steve', 'Alex')).toMatchObject({ code: 0, stdout: 'banned Steve\nbanned Alex\n' })
    const running = new Running(folder)
    const port = await running.port()
    expect(await kickText(port, 'a.example.com', 'Steve')).toContain('You are banned.')
    // A command with another socket in its configuration finds no proxy, and works on the same store.
    writeFileSync(join(folder, 'beside.toml'), '[control]\nsocket = "other.sock"\n')
    expect(await finish(['--config', 'beside.toml', 'ban', 'remove', 'Steve'], '', { cwd: folder })).toMatchObject({
      code: 0,
    })
    await running.logged('no longer banned: Steve')
    expect(await kickText(port, 'a.example.com', 'Steve')).not.toContain('banned')
    expect(await finish(['ban', 'add', 'Steve', '--config', 'beside.toml'], '', { cwd: folder })).toMatchObject({
      code: 0,
    })
    await running.logged('banned Steve')
    expect(await kickText(port, 'a.example.com', 'Steve')).toContain('You are banned.')
  })
  it('never bans by a UUID that is only claimed, and says so; by the name that goes with it, it does', async () => {
    const { folder, running, port } = await proxy('hello')
    const alone = await ban(folder, 'add', UUID)
    expect(alone).toMatchObject({
      code: 0,
      stdout: `banned ${UUID}\n`,
      stderr: expect.stringContaining('keeps nobody out'),
    })
    await running.logged('holds where the proxy authenticates players')
    ;(await session(port, 'Notch')).destroy()
    const named = await ban(folder, 'add', UUID, '--player', 'Notch')
    expect(named.stderr).toContain('also matches the name Notch')
    await running.logged('enforced by the name Notch')
    expect(await kickText(port, 'a.example.com', 'notch')).toContain('You are banned.')
  })
  // The Rust product enforces such bans: whoever comes from there believed them to hold.
  it('says at an import and at each start which bans of UUIDs hold nobody', async () => {
    const entries = [{ uuid: UUID }, { uuid: UUID.replace('0', '1'), name: 'Alex' }, { name: 'Steve' }]
    const folder = folderWith({ 'infrarust.toml': '', 'bans.json': JSON.stringify(entries) })
    const { code, stderr } = await ban(folder, 'import', 'bans.json')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^note: .*without the player's name: 1; .*keep nobody out of others.*\n$/),
    })
    const { level } = await new Running(folder).logged("without the player's name: 1; they hold on servers")
    expect(level).toBe('warn')
  })
  it('lets in again when the time is over, without a restart', async () => {
    const { folder, running, port } = await proxy('hello')
    const added = ban(folder, 'add', 'Steve', '--duration', '5s')
    // By the end of the command a busy machine has spent some of the time.
    await running.logged('banned Steve')
    expect(await kickText(port, 'a.example.com', 'Steve')).toContain('You are banned.')
    expect(await added).toMatchObject({ code: 0 })
    await expect
      .poll(() => ban(folder, 'list').then(({ stdout }) => stdout), { timeout: 30_000 })
      .toBe('nobody is banned\n')
    ;(await session(port, 'Steve')).destroy()
  })
  it('lists entries as the Rust product has them, and shows who did what', async () => {
    const folder = folderWith({})
    await ban(
      folder,
      'add',
      '203.0.113.7',
      '198.51.100.0/24',
      'Steve',
      UUID,
      '--reason',
      'griefing',
      '--duration',
      '1d',
    )
    const entries: unknown = JSON.parse((await ban(folder, 'list', '--json')).stdout)
    const entry = {
      reason: 'griefing',
      source: expect.any(String),
      created_at: expect.any(Number),
      expires_at: expect.any(Number),
    }
    expect(entries).toEqual([
      { target: { type: 'ip', value: '203.0.113.7' }, ...entry },
      { target: { type: 'cidr', value: '198.51.100.0/24' }, ...entry },
      { target: { type: 'username', value: 'Steve' }, ...entry },
      { target: { type: 'uuid', value: UUID }, ...entry },
    ])
    const shown = await ban(folder, 'show', '198.51.100.9')
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('198.51.100.0/24') })
    await ban(folder, 'remove', 'Steve')
    const gone = await ban(folder, 'show', 'steve')
    expect(gone).toMatchObject({ code: 1, stdout: expect.stringMatching(/is not banned\nhistory\n.*unban.*\n.*ban/) })
  })
  it('takes none of several targets where one of them is a mistake', async () => {
    const folder = folderWith({})
    const { code, stdout, stderr } = await ban(folder, 'add', 'Steve', '198.51.100.7/24')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('the network is 198.51.100.0/24')
    expect(await ban(folder, 'remove', 'Steve')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('not banned'),
    })
    expect(await ban(folder, 'list')).toMatchObject({ stdout: 'nobody is banned\n' })
  })
  it('imports lists of vanilla and of its own export, each whole or not at all', async () => {
    const folder = folderWith({
      'banned-players.json': JSON.stringify([
        {
          uuid: UUID,
          name: 'Notch',
          created: '2024-01-01 00:00:00 +0000',
          source: 'Server',
          expires: 'forever',
          reason: 'x',
        },
      ]),
      'banned-ips.json': JSON.stringify([
        { ip: '203.0.113.7', created: '2024-01-01 00:00:00 +0000', expires: 'forever' },
      ]),
      'broken.json': JSON.stringify([{ name: 'Steve' }, { ip: 'nowhere' }]),
    })
    expect(await ban(folder, 'import', 'banned-players.json', 'banned-ips.json')).toMatchObject({ code: 0 })
    const broken = await ban(folder, 'import', 'broken.json')
    expect(broken).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('broken.json: entry 2') })
    const { stdout } = await ban(folder, 'export')
    expect(JSON.parse(stdout)).toHaveLength(2)
    const other = folderWith({ 'bans.json': stdout })
    await ban(other, 'import', 'bans.json')
    expect((await ban(other, 'export')).stdout).toBe(stdout)
  })
  it.each([
    ['203.0.113.*', /write 203\.0\.113\.0\/24, or --name '203\.0\.113\.\*' if a player is called so/],
    ['3232235777', /write 192\.168\.1\.1, or --name 3232235777 if/],
    ['203.0.113.7:25565', /write 203\.0\.113\.7$/m],
    ['example.com', /if a player is called so, write --name example\.com$/m],
    ['.Bed Rock', /if a player is called so, write --name '\.Bed Rock'$/m],
    ["o'Neill", /write --name 'o'\\''Neill'$/m],
    ['No\u200b tch', /write --name \$'No\\u200b tch'$/m],
    ['survival.example.com', /only its addresses can be banned$/m],
  ])('says what to write instead of %j, with every verb', async (target, message) => {
    const folder = folderWith({})
    for (const verb of ['add', 'remove', 'show'])
      expect(await ban(folder, verb, 'Steve', target)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(message),
      })
    expect(await ban(folder, 'list')).toMatchObject({ stdout: 'nobody is banned\n' })
  })
  it('bans, shows, lists and lets in again whoever may join, as a shell reads what it prints', async () => {
    const names = ['.Bed Rock', ' Steve', '203.0.113.*', 'a,b', 'example.com', '-Bob', "o'Neill", 'No\u200btch', 'ИВАН']
    const folder = folderWith({ infrarust: `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n` })
    chmodSync(join(folder, 'infrarust'), 0o755)
    const added = await ban(folder, 'add', '203.0.113.7', ...names.flatMap((name) => ['--name', name]))
    const spelt = names.map((name) => name.replace('\u200b', '\\u{200b}'))
    expect(added).toMatchObject({ code: 0, stdout: ['203.0.113.7', ...spelt, ''].map(bannedLine).join('\n') })
    expect(await ban(folder, 'show', '--name', 'иВАН', '--name', '.bed rock')).toMatchObject({ code: 0 })
    const rows = (await ban(folder, 'list')).stdout.trimEnd().split('\n').slice(1)
    const targets = rows.map((row) => row.replace(/ {2,}for good.*/, ''))
    expect(targets.slice(0, 2)).toEqual(['203.0.113.7', "--name '.Bed Rock'"])
    const command = `./infrarust ban remove ${targets.join(' ')}`
    const env = { ...process.env, LC_ALL: 'C.UTF-8' }
    await promisify(execFile)('/bin/bash', ['-c', command], { cwd: folder, env })
    expect(await ban(folder, 'list')).toMatchObject({ stdout: 'nobody is banned\n' })
  })
  it('takes any name for --player, and asks for a target where there is none', async () => {
    const folder = folderWith({})
    const { code, stderr } = await ban(folder, 'add', UUID, '--player', '.Bed Rock')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("the name '.Bed Rock'") })
    expect((await ban(folder, 'list')).stdout).toContain(`${UUID} ('.Bed Rock')`)
    expect(await ban(folder, 'add', UUID, '--player', 'SeventeenLetters_')).toMatchObject({ code: 1, stdout: '' })
    for (const verb of ['add', 'remove', 'show'])
      expect(await ban(folder, verb)).toMatchObject({ code: 1, stderr: expect.stringContaining('--name <player>') })
  })
  it('keeps whatever name a list has, and gives it back', async () => {
    const names = ['.Bed Rock', ' Steve ', '203.0.113.*', 'a,b', 'example.com', 'ИВАН']
    const entries = [...names.map((name) => ({ name })), { uuid: UUID, name: '.Two Words' }]
    const folder = folderWith({ 'banned-players.json': JSON.stringify(entries) })
    expect(await ban(folder, 'import', 'banned-players.json')).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await ban(folder, 'export')
    expect(JSON.parse(stdout)).toMatchObject([
      ...names.map((value) => ({ target: { type: 'username', value } })),
      { target: { type: 'uuid', value: UUID }, player_name: '.Two Words' },
    ])
    const other = folderWith({ 'bans.json': stdout })
    expect(await ban(other, 'import', 'bans.json')).toMatchObject({ code: 0, stderr: '' })
    expect((await ban(other, 'export')).stdout).toBe(stdout)
  })
  it('imports a bans.json that [ban] names once, and leaves it as it is', async () => {
    const text = JSON.stringify({
      bans: [{ target: { type: 'username', value: 'Steve' }, source: 'console', created_at: 1 }],
    })
    const folder = folderWith({ 'infrarust.toml': '[ban]\nfile = "bans.json"\n', 'bans.json': text })
    const port = await new Running(folder).port()
    expect(await kickText(port, 'a.example.com', 'Steve')).toContain('You are banned.')
    expect(await ban(folder, 'remove', 'Steve')).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'bans.json'), 'utf8')).toBe(text)
    expect(await ban(folder, 'list')).toMatchObject({ stdout: 'nobody is banned\n' })
  })
})

describe('a ban store that cannot be opened', { timeout: 60_000 }, () => {
  it.each([
    ['', 'bans.db', 'this is no database, however long one looks at it'],
    ['[ban]\nfile = "bans.json"\n', 'bans.json', '[{"target"'],
  ])('keeps the proxy from starting (%j)', async (toml, file, text) => {
    const folder = folderWith({ 'infrarust.toml': toml, [file]: text })
    const { code, stdout } = await finish(['--bind', '127.0.0.1:0'], '', { cwd: folder })
    const fatal = stdout.split('\n').filter((line) => line.includes('"level":"fatal"'))
    expect(fatal).toEqual([expect.stringContaining(join(folder, file))])
    expect(stdout).not.toContain('listening on')
    expect(code).toBe(1)
    expect(await ban(folder, 'add', 'Steve')).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('docs/bans.md', { timeout: 120_000 }, () => {
  const page = readFileSync(new URL('../../../docs/bans.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/^```console\n(.*?)^```/gms)].map(([, text = '']) => text)

  it('shows commands that run, in this order, and what they print', async () => {
    const folder = folderWith({
      'infrarust.toml': '',
      infrarust: `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
      'banned-players.json': JSON.stringify([{ uuid: UUID, name: 'Notch', expires: 'forever' }]),
      'banned-ips.json': JSON.stringify([{ ip: '203.0.113.9', expires: 'forever' }]),
    })
    chmodSync(join(folder, 'infrarust'), 0o755)
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    expect(blocks.length).toBeGreaterThan(2)
    for (const block of blocks) {
      for (const example of block.split(/^\$ /m).slice(1)) {
        const [command = '', ...printed] = example.trimEnd().split('\n')
        const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { cwd: folder, env })
        expect(stdout.split('\n').slice(0, printed.length), command).toEqual(printed)
      }
    }
  })
})
