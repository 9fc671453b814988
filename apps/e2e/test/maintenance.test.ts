import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeHandshake, encodeLoginStart, encodeStatusRequest } from '@infrarust/minecraft'
import { RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { leave, login, ping } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

function serverFile(name: string, port: number, more = ''): string {
  return `domains = ["${name}.example.com"]\naddresses = ["127.0.0.1:${port}"]\n${more}`
}

async function maintenance({ folder }: Infrarust, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command('maintenance', ...args, '--config', join(folder, 'infrarust.toml'))
  if (code !== 0) throw new Error(`infrarust maintenance ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

/** A login of which only the answer is of interest. */
async function raw(infrarust: Infrarust, domain: string, name: string, version = 758): Promise<RawClient> {
  const client = running.raw(await RawClient.open(infrarust.port))
  client.send(encodeHandshake({ protocolVersion: version, address: domain, port: 25_565, intent: 'login' }))
  client.send(encodeLoginStart(name, version))
  return client
}

describe('infrarust maintenance', () => {
  it('keeps players out of one server and says why, without dialling it, and sessions go on', async () => {
    const survival = running.add(await RawBackend.start())
    const lobby = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        servers: {
          survival: serverFile(
            'survival',
            survival.port,
            '[motd.maintenance]\nversion_name = "Later"\nmax_players = 7\n',
          ),
          lobby: serverFile('lobby', lobby.port),
        },
      }),
    )
    const session = await raw(infrarust, 'survival.example.com', 'Steve')
    await session.receives('hello')
    const dialled = survival.connections.length
    const told = await maintenance(infrarust, 'on', 'survival', '--text', '§eBack at 18:00', '--allow', 'Admin')
    expect(told).toBe('server "survival" is in maintenance: Admin may join\n1 session goes on; --kick ends them\n')

    const dial = { port: infrarust.port, domain: 'survival.example.com' }
    expect(await login({ ...dial, name: 'Alex' })).toMatchObject({
      kind: 'kicked',
      text: expect.stringContaining('Back at 18:00'),
    })
    expect(await infrarust.record(({ reason }) => reason === 'maintenance')).toMatchObject({
      player: 'Alex',
      server: 'survival',
    })
    expect(await ping(dial)).toMatchObject({
      description: { text: 'Back at 18:00', color: 'yellow' },
      version: { name: 'Later', protocol: 765 },
      players: { max: 7 },
    })
    // A client that no server knows, and one of 2011, have their own number and their own form of the same.
    const odd = running.raw(await RawClient.open(infrarust.port))
    odd.send(encodeHandshake({ protocolVersion: 4_711, address: dial.domain, port: 1, intent: 'status' }))
    odd.send(encodeStatusRequest())
    await odd.receives('"protocol":4711')
    expect(survival.connections.length).toBe(dialled)
    expect(session.isClosed).toBe(false)

    await (await raw(infrarust, 'lobby.example.com', 'Alex')).receives('hello')
    await (await raw(infrarust, 'survival.example.com', 'admin')).receives('hello')
    await maintenance(infrarust, 'off', 'survival')
    await (await raw(infrarust, 'survival.example.com', 'Alex')).receives('hello')
  })

  it('is in force after a restart, for every server, and ends sessions where that is asked for', async () => {
    const backend = running.add(await RawBackend.start())
    const servers = { survival: serverFile('survival', backend.port, '[maintenance]\nallow = ["Admin"]\n') }
    const first = await Infrarust.start({ servers, toml: 'data_dir = "."\n' })
    const players = [
      await raw(first, 'survival.example.com', 'Steve'),
      await raw(first, 'survival.example.com', 'Admin'),
    ]
    for (const player of players) await player.receives('hello')
    expect(await maintenance(first, 'on', '--motd', 'closed', '--kick')).toContain('1 connection was ended')
    await until(() => players[0]?.isClosed === true, 'the end of the session')
    expect(players[1]?.isClosed).toBe(false)
    expect(await first.record(({ reason, ms }) => reason === 'maintenance' && ms.relay !== undefined)).toMatchObject({
      player: 'Steve',
    })
    const kept = readFileSync(join(first.folder, 'maintenance.json'), 'utf8')
    await first.stop()

    const second = running.add(
      await Infrarust.start({ servers, toml: 'data_dir = "."\n', files: { 'maintenance.json': kept } }),
    )
    // Until its file is read nobody knows the server.
    await second.logged('server \\"survival\\" added')
    expect(await ping({ port: second.port, domain: 'survival.example.com' })).toMatchObject({ description: 'closed' })
    const refused = await raw(second, 'survival.example.com', 'Steve')
    await refused.receives('survival is in maintenance')
    await (await raw(second, 'survival.example.com', 'Admin')).receives('hello')
    const { stdout } = await command('status', '--config', join(second.folder, 'infrarust.toml'))
    expect(stdout).toContain('online, in maintenance')
    expect(await maintenance(second, 'list')).toContain('every server')
    await maintenance(second, 'off')
    await (await raw(second, 'survival.example.com', 'Steve')).receives('hello')
  })
})

describe('[player_filter]', () => {
  it('lets in whom the whitelist.json of the server names, as soon as the server has written it', async () => {
    const backend = running.add(await MinecraftServer.start())
    const infrarust = running.add(
      await Infrarust.start({
        files: { 'whitelist.json': '[]' },
        servers: {
          s: serverFile(
            'a',
            backend.port,
            '[player_filter]\nwhitelist_file = "../whitelist.json"\nblacklist = ["Evil"]\n',
          ),
        },
      }),
    )
    const dial = { port: infrarust.port, domain: 'a.example.com' }
    expect(await login({ ...dial, name: 'Steve' })).toMatchObject({
      kind: 'kicked',
      text: expect.stringContaining('You are not among the players who may join s.'),
    })
    expect(await infrarust.record(({ reason }) => reason === 'player_filtered')).toMatchObject({ player: 'Steve' })
    const entries = ['Steve', 'Evil'].map((name) => ({ uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5', name }))
    infrarust.writeFile('whitelist.json', JSON.stringify(entries))
    await infrarust.logged('whitelist.json: 2 players')
    const steve = await login({ ...dial, name: 'steve' })
    expect(steve.kind).toBe('joined')
    expect(await login({ ...dial, name: 'Evil' })).toMatchObject({ kind: 'kicked' })
    expect(await ping(dial)).toMatchObject({ version: {} })
    if (steve.kind === 'joined') await leave(steve.client)
  })
})
