import { createHash } from 'node:crypto'
import { offlineUuid } from '@infrarust/minecraft'
import { TestSessionServer, until } from '@infrarust/test-kit'
import minecraft from 'minecraft-protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOTCH } from '../fixtures/account.ts'
import { type ForwardingKind, ForwardingServer, type JoinedPlayer } from '../fixtures/forwarding-server.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { FORWARDING_KINDS, FORWARDING_SECRET, loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { leave, login } from '../fixtures/minecraft-client.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const PLAYER = '127.0.0.77'
const MODES = ['client_only', 'offline'] as const
type Mode = (typeof MODES)[number]

/** One of each kind of login, by the protocol version that it has: 47, 340, 759, 765, 775. */
const KINDS_OF_LOGIN = ['1.8.8', '1.12.2', '1.19', '1.20.4', '26.1']
const BEFORE_LOGIN_QUESTIONS = ['1.8.8', '1.12.2']

/** What a server in offline mode makes of a name. */
const uuidOf = (name: string): string => offlineUuid(name, (data) => createHash('md5').update(data).digest())

const domainOf = (mode: Mode, forwarding: ForwardingKind): string =>
  `${forwarding}.${mode.replace('_', '-')}.example.com`

// The client library with its encryption → HAProxy → Infrarust → a server that learns who the player is.
describe.runIf(havePeers('the login modes behind HAProxy', 'haproxy'))('behind HAProxy with send-proxy-v2', () => {
  const running = new Running()
  let sessionServer: TestSessionServer
  let backend: ForwardingServer
  let infrarust: Infrarust
  let port: number

  beforeAll(async () => {
    sessionServer = running.add(await TestSessionServer.start([NOTCH]))
    backend = running.add(await ForwardingServer.start(FORWARDING_SECRET))
    const pairs = MODES.flatMap((mode) => FORWARDING_KINDS.map((forwarding) => ({ mode, forwarding })))
    infrarust = running.add(
      await startLoginProxy(sessionServer, {
        servers: Object.fromEntries(
          pairs.map(({ mode, forwarding }) => [
            `${mode}-${forwarding}`,
            loginServer(domainOf(mode, forwarding), backend.port, mode, forwarding),
          ]),
        ),
      }),
    )
    port = running.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: 'send-proxy-v2' })).port
  })
  afterAll(() => running.stopAll())

  /** The account's name is typed as its owner likes, who comes with it from an address of its own. */
  function loginOf(version: string, mode: Mode, forwarding: ForwardingKind) {
    const dial = { port, domain: domainOf(mode, forwarding), from: PLAYER, version }
    return mode === 'client_only'
      ? login({ ...dial, name: 'notch', account: { profile: NOTCH, sessionServer } })
      : login({ ...dial, name: 'Steve' })
  }

  async function plays(version: string, mode: Mode, forwarding: ForwardingKind): Promise<void> {
    const began = Date.now()
    const askedBefore = sessionServer.asked.length
    const playersBefore = backend.players.length
    const joined = await loginOf(version, mode, forwarding)
    if (joined.kind !== 'joined') throw new Error(`not let in: ${JSON.stringify(joined)}`)
    const { client, seen } = joined
    await until(
      () => backend.players[playersBefore]?.keepAlives === 3,
      'three questions of the server whether the player is there, answered',
      () => JSON.stringify(backend.players),
    )
    expect(backend.players[playersBefore]).toMatchObject(expectedPlayer(mode, forwarding))
    // The session server was asked, and the client's side is enciphered, in one of the modes alone.
    expect(sessionServer.asked.length - askedBefore).toBe(mode === 'client_only' ? 1 : 0)
    expect((client as unknown as { cipher: unknown }).cipher !== null).toBe(mode === 'client_only')
    await leave(client)
    // An earlier player may have had the same port.
    const record = await infrarust.record(
      ({ client_port, time }) => client_port === seen.port && time >= began,
      'the record of the player',
    )
    expect(record).toMatchObject({
      client: PLAYER,
      player: mode === 'client_only' ? 'Notch' : 'Steve',
      server: `${mode}-${forwarding}`,
      reason: 'client_closed',
    })
  }

  it.each(minecraft.supportedVersions)('a verified player of %s plays, and the server knows who it is', (version) =>
    plays(version, 'client_only', isBefore113(version) ? 'bungeecord' : 'velocity'),
  )

  const everyPair = MODES.flatMap((mode) =>
    FORWARDING_KINDS.flatMap((forwarding) => KINDS_OF_LOGIN.map((version) => ({ mode, forwarding, version }))),
  )
  const isPossible = ({ forwarding, version }: (typeof everyPair)[number]): boolean =>
    forwarding !== 'velocity' || !BEFORE_LOGIN_QUESTIONS.includes(version)

  it.each(everyPair.filter(isPossible))('$mode with $forwarding lets a player of $version play', (pair) =>
    plays(pair.version, pair.mode, pair.forwarding),
  )

  it.each(everyPair.filter((pair) => !isPossible(pair)))(
    '$mode with $forwarding tells a player of $version which versions it takes',
    async ({ mode, forwarding, version }) => {
      const refused = await loginOf(version, mode, forwarding)
      expect(refused).toMatchObject({ kind: 'kicked', text: expect.stringContaining('1.13') })
    },
  )
})

function isBefore113(version: string): boolean {
  const [, minor = 0] = version.split('.').map(Number)
  return version.startsWith('1.') && minor < 13
}

function expectedPlayer(mode: Mode, forwarding: ForwardingKind): Partial<JoinedPlayer> {
  const name = mode === 'client_only' ? NOTCH.name : 'Steve'
  // A server that is told nothing makes one of the name.
  const uuid = mode === 'client_only' && forwarding !== 'none' ? NOTCH.uuid : uuidOf(name)
  const properties = mode === 'client_only' ? NOTCH.properties : []
  const forwarded =
    forwarding === 'none'
      ? undefined
      : { address: PLAYER, uuid, name: forwarding === 'velocity' ? name : undefined, properties }
  return { name, uuid, forwarded, keepAlives: 3 }
}
