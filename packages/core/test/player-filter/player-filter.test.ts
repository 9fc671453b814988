import { beforeEach, describe, expect, it } from 'vitest'
import { validateServer } from '../../src/entries/provider.ts'
import { type ListedPlayer, PlayerFilter, type PlayerFilterConfig, PlayerIndex } from '../../src/index.ts'
import { handshake, jsonIn, legacyLogin, loginStart, STATUS_REQUEST } from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const NOTHING: PlayerFilterConfig = {
  whitelist: [],
  blacklist: [],
  whitelistFile: undefined,
  blacklistFile: undefined,
}
const STEVE = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const NAMED: readonly ListedPlayer[] = [{ kind: 'name', name: 'Steve' }]

let files: Map<string, PlayerIndex>

beforeEach(() => {
  files = new Map()
})

function simulation(playerFilter: Partial<PlayerFilterConfig>): Simulation {
  return new Simulation({
    listener: listenerConfig(),
    servers: [
      serverTo('open', ['open.example.com'], 1),
      serverTo('some', ['some.example.com'], 2, { playerFilter: { ...NOTHING, ...playerFilter } }),
    ],
    policies: [new PlayerFilter({ of: (path) => files.get(path) })],
  })
}

function login(at: Simulation, name: string, domain = 'some.example.com'): SimulatedClient {
  return at.accept().send(handshake(domain, 'login', 758), loginStart(name, 758))
}

describe('a player filter', () => {
  it('lets in whom its whitelist names, in any case, and tells everybody else', () => {
    const at = simulation({ whitelist: NAMED })
    login(at, 'STEVE').dialled()
    const refused = login(at, 'Alex')
    expect(jsonIn(refused.received)).toBe('You are not among the players who may join some. Ask its operator.')
    expect(refused.record).toMatchObject({ reason: 'player_filtered', player: 'Alex', server: 'some' })
    login(at, 'Alex', 'open.example.com').dialled()
  })

  it('keeps out whom its blacklist names, on the whitelist or not', () => {
    const at = simulation({ blacklist: NAMED, whitelist: [...NAMED, { kind: 'name', name: 'Alex' }] })
    expect(login(at, 'Steve').record?.reason).toBe('player_filtered')
    login(at, 'Alex').dialled()
  })

  it('reads legacy logins like others, and answers list pings of everybody', () => {
    const at = simulation({ whitelist: NAMED })
    expect(at.accept().send(legacyLogin('Alex', 'some.example.com')).record?.reason).toBe('player_filtered')
    at.accept().send(legacyLogin('steve', 'some.example.com')).dialled()
    at.accept().send(handshake('some.example.com', 'status'), STATUS_REQUEST).dialled()
  })

  it('follows its files, and with a whitelist that is still unread lets nobody in', () => {
    const at = simulation({ whitelistFile: '/lists/friends.json' })
    expect(login(at, 'Steve').record?.reason).toBe('player_filtered')
    files.set('/lists/friends.json', new PlayerIndex([{ kind: 'profile', name: 'Steve', uuid: STEVE }]))
    login(at, 'Steve').dialled()
    expect(login(at, 'Alex').record?.reason).toBe('player_filtered')
  })

  it('is asked once more before the relay: a list may have changed meanwhile', () => {
    const filter = new PlayerFilter({ of: (path) => files.get(path) })
    const server = { playerFilter: { ...NOTHING, blacklistFile: '/lists/out.txt' } }
    const at = simulation({})
    const facts = at.accept().send(handshake('open.example.com', 'login', 758), loginStart('Steve', 758))
    facts.dialled()
    const player = { name: 'Steve', claimedUuid: undefined }
    const client = {
      id: 1,
      listener: 'main',
      peer: { address: '192.0.2.1', port: 1 },
      client: { address: '192.0.2.1', port: 1 },
      isHealthCheck: false,
      at: 0,
    } as const
    expect(filter.recheck(client, player, server)).toBeUndefined()
    files.set('/lists/out.txt', new PlayerIndex(NAMED))
    expect(filter.recheck(client, player, server)).toEqual({ reason: 'player_filtered' })
    expect(filter.recheck(client, undefined, server)).toBeUndefined()
  })
})

describe('[player_filter]', () => {
  const values = { domains: ['a.example.com'], addresses: ['10.0.1.5'] }
  const read = (player_filter: object, writer: 'operator' | 'anyone' = 'operator') =>
    validateServer(
      { key: 'a', source: 'servers/a.toml', folder: '/etc/infrarust/servers', values: { ...values, player_filter } },
      'file',
      writer,
    )

  it('takes names and UUIDs with dashes or without, and a file beside the one that names it', () => {
    const written = { whitelist: ['Steve', STEVE.replaceAll('-', '').toUpperCase()], whitelist_file: 'friends.json' }
    expect(read(written)).toMatchObject({
      server: {
        playerFilter: {
          whitelist: [
            { kind: 'name', name: 'Steve' },
            { kind: 'uuid', uuid: STEVE },
          ],
          whitelistFile: '/etc/infrarust/servers/friends.json',
        },
      },
    })
  })

  it('warns of a UUID that lets in where nobody authenticates it', () => {
    const warnings = (reading: ReturnType<typeof read>) => ('warnings' in reading ? reading.warnings : undefined)
    expect(warnings(read({ whitelist: [STEVE] }))).toMatchObject([
      { message: expect.stringContaining('write their names') },
    ])
    expect(warnings(read({ whitelist: ['Steve'], blacklist: [STEVE] }))).toEqual([])
  })

  it('refuses what is no player, and files that a label names', () => {
    const problem = (reading: ReturnType<typeof read>) =>
      'problems' in reading ? reading.problems[0]?.message : undefined
    expect(problem(read({ whitelist: ['192.0.2.0/24'] }))).toContain('addresses stand in [ip_filter]')
    expect(problem(read({ whitelist: ['a name that is too long'] }))).toContain('1 to 16 characters')
    expect(problem(read({ whitelist: [1] }))).toContain('write a player')
    expect(problem(read({ allow: ['Steve'] }))).toContain('write whitelist')
    expect(problem(read({ whitelist_file: '/etc/passwd' }, 'anyone'))).toContain('operator alone')
  })
})
