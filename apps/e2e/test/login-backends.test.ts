import { createHash } from 'node:crypto'
import type { AccessRecord } from '@infrarust/core'
import {
  encodeLoginDisconnect,
  encodeLoginSuccess,
  encodeSetCompression,
  encodeVelocityRequest,
  offlineUuid,
  type Profile,
} from '@infrarust/minecraft'
import { TestSessionServer, until } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOTCH } from '../fixtures/account.ts'
import type { ForwardingKind } from '../fixtures/forwarding-server.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import {
  asBungeeGuard,
  asFabric,
  asOnline,
  asPaper,
  asPlainSpigot,
  asSpigot,
  type LeadLogin,
  LoginBackend,
} from '../fixtures/login-backend.ts'
import { FORWARDING_SECRET, loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { type LoginOutcome, newAddress, RawPlayer } from '../fixtures/raw-player.ts'
import { Running } from '../fixtures/running.ts'

const MODES = ['client_only', 'offline'] as const
type Mode = (typeof MODES)[number]

/** No profile, and so short that a reset at each of its bytes is soon done. */
const PLAIN: Profile = { ...NOTCH, properties: [] }

const FORWARDINGS: readonly ForwardingKind[] = ['none', 'bungeecord', 'bungeeguard', 'velocity']

describe('a login at a backend of bytes', () => {
  const running = new Running()
  let sessionServer: TestSessionServer
  let backend: LoginBackend
  let infrarust: Infrarust

  beforeAll(async () => {
    sessionServer = running.add(await TestSessionServer.start([NOTCH]))
    backend = running.add(await LoginBackend.start(asPlainSpigot))
    const servers = MODES.flatMap((mode) =>
      FORWARDINGS.map((forwarding): [string, string] => [
        `${mode}-${forwarding}`,
        loginServer(domainOf(mode, forwarding), backend.port, mode, forwarding),
      ]),
    )
    const brief = loginServer(
      'brief.example.com',
      backend.port,
      'client_only',
      'none',
      '[timeouts]\nlogin_answer = "2s"',
    )
    infrarust = running.add(
      await startLoginProxy(sessionServer, { servers: { ...Object.fromEntries(servers), brief } }),
    )
  })
  afterAll(() => running.stopAll())

  /** Each from an address of its own: what one of them may begin in a second is bounded. */
  async function open(mode: Mode, domain: string, profile: Profile = NOTCH): Promise<RawPlayer> {
    const player = await RawPlayer.open(infrarust.port, { domain, name: profile.name, address: newAddress() })
    running.raw(player.client)
    if (mode === 'client_only') await player.authenticate(sessionServer, profile)
    return player
  }

  function recordOf({ address }: RawPlayer): Promise<AccessRecord> {
    return infrarust.record(({ client }) => client === address, `the record of ${address}`)
  }

  async function endOf(
    mode: Mode,
    forwarding: ForwardingKind,
    lead: LeadLogin,
  ): Promise<{ readonly outcome: LoginOutcome; readonly record: AccessRecord }> {
    backend.lead = lead
    const player = await open(mode, domainOf(mode, forwarding))
    const outcome = await player.outcome()
    player.client.destroy()
    return { outcome, record: await recordOf(player) }
  }

  /** Waits until each of them has its record, and gives their reasons. */
  async function reasonsOf(players: readonly RawPlayer[]): Promise<ReadonlySet<string>> {
    const since = Math.min(...players.map(({ client }) => client.connectedAt))
    const ports = players.map(({ client }) => client.localPort)
    const reasons = new Map<number | undefined, string>()
    await until(
      () => {
        for (const { peer_port, reason, time } of infrarust.records) if (time >= since) reasons.set(peer_port, reason)
        return ports.every((port) => reasons.has(port))
      },
      'a record of each',
      () => ports.flatMap((port, index) => (reasons.has(port) ? [] : [index])).join(', '),
    )
    return new Set(ports.map((port) => reasons.get(port) ?? ''))
  }

  describe.each(MODES)('in %s', (mode) => {
    it.each([
      ['Paper', 'velocity', asPaper(FORWARDING_SECRET)],
      ['Fabric, which compresses before it asks', 'velocity', asFabric(FORWARDING_SECRET)],
      ['Spigot with bungeecord: true', 'bungeecord', asSpigot],
      ['BungeeGuard', 'bungeeguard', asBungeeGuard('another', FORWARDING_SECRET)],
      ['a server that is told nothing', 'none', asPlainSpigot],
    ] as const)('%s lets the player in as who it is, and both play', async (_, forwarding, lead) => {
      backend.lead = lead
      const player = await open(mode, domainOf(mode, forwarding))
      const outcome = await player.outcome()
      const uuid = mode === 'client_only' && forwarding !== 'none' ? NOTCH.uuid : offlineUuidOf('Notch')
      expect(outcome).toMatchObject({ kind: 'in', success: { profile: { name: 'Notch', uuid } } })
      const properties = mode === 'client_only' ? NOTCH.properties : []
      const forwarded = { address: expect.stringMatching(/^198\.18\.\d+\.\d+$/), uuid, properties }
      if (forwarding === 'none') expect(backend.last.forwarded).toBeUndefined()
      else expect(backend.last.forwarded).toMatchObject(forwarded)
      await player.echoes('first words')
      await player.echoes('x'.repeat(70_000))
      expect(backend.faults).toEqual([])
      player.client.destroy()
    })

    it.each([
      ['is in online mode', 'none', asOnline, 'do not agree on how players are announced', 'online-mode=false'],
      [
        'wants BungeeCord’s forwarding and gets none',
        'none',
        asSpigot,
        'If you wish to use IP forwarding',
        'write forwarding_mode = \\"bungeecord\\"',
      ],
      [
        'gets BungeeCord’s forwarding and wants none',
        'bungeecord',
        asPlainSpigot,
        'Unknown data in login hostname',
        'settings.bungeecord: true',
      ],
      [
        'wants Velocity’s forwarding and gets none',
        'none',
        asPaper(FORWARDING_SECRET),
        'requires you to connect with Velocity',
        'write forwarding_mode = \\"velocity\\"',
      ],
      [
        'has another secret',
        'velocity',
        asPaper('another secret'),
        'Unable to verify player details',
        'its forwarding secret is another one',
      ],
      [
        'has another secret, and compresses before it asks',
        'velocity',
        asFabric('another secret'),
        'Unable to verify player details',
        'its forwarding secret is another one',
      ],
      ['has another token', 'bungeeguard', asBungeeGuard('another'), 'Unable to authenticate.', 'allowed-tokens'],
      [
        'wants a token and gets none',
        'bungeecord',
        asBungeeGuard('another'),
        'Unable to authenticate.',
        'write forwarding_mode = \\"bungeeguard\\"',
      ],
      [
        'never asks who the player is',
        'velocity',
        asPlainSpigot,
        'do not agree on how players are announced',
        'would believe anybody',
      ],
    ] as const)('a server that %s refuses with a text and a line', async (_, forwarding, lead, text, line) => {
      const server = `${mode}-${forwarding}`
      const isLine = (logged: string): boolean => logged.includes(`server \\"${server}\\"`) && logged.includes(line)
      const before = infrarust.child.lines.filter(isLine).length
      const { outcome, record } = await endOf(mode, forwarding, lead)
      expect(outcome).toMatchObject({ kind: 'kicked', text: expect.stringContaining(text) })
      expect(record).toMatchObject({ server, reason: 'forwarding' })
      await until(
        () => infrarust.child.lines.filter(isLine).length > before,
        `a line with ${line}`,
        () => infrarust.child.lines.slice(-20).join('\n'),
      )
    })

    it('a server that closes on a host with forwarding in it is down, and the log says why', async () => {
      const { outcome } = await endOf(mode, 'bungeecord', async ({ socket, host }) => {
        if (host.includes('\0')) socket.end()
      })
      expect(outcome).toMatchObject({ kind: 'kicked', text: expect.stringContaining('cannot be reached') })
      await infrarust.logged(`server \\"${mode}-bungeecord\\": it closed on a handshake`)
    })

    it.each([
      ['at once', async (login) => login.kick('Not today.')],
      [
        'behind Set Compression',
        async (login) => {
          login.setCompression()
          login.kick(`Not today. ${'And not for a while. '.repeat(30)}`)
        },
      ],
    ] satisfies [string, LeadLogin][])('a kick %s is read by the player, and is in the record', async (_, lead) => {
      const { outcome, record } = await endOf(mode, 'none', lead)
      expect(outcome).toMatchObject({ kind: 'kicked', text: expect.stringContaining('Not today.') })
      const detail = expect.stringContaining('Not today.')
      expect(record).toMatchObject({ server: `${mode}-none`, reason: 'server_closed', detail })
    })
  })

  it.each([
    ['says nothing', []],
    [
      'stops in the middle of a frame',
      [encodeSetCompression(256), encodeLoginDisconnect({ text: 'x' }).subarray(0, 4)],
    ],
  ])('a server that %s costs the player no more than the time for an answer', async (_, said) => {
    backend.lead = async ({ socket }) => void (said.length > 0 && socket.write(Buffer.concat(said)))
    const player = await open('client_only', 'brief.example.com')
    const outcome = await player.outcome()
    expect(outcome).toMatchObject({ kind: 'kicked', text: expect.stringContaining('cannot be reached') })
    await until(() => backend.last.isOver, 'the connection to the server to be closed')
    player.client.destroy()
  })

  /** Of a whole login, from the first byte to the last. */
  const transcript = Buffer.concat([
    encodeVelocityRequest(-7),
    encodeSetCompression(-1),
    encodeLoginSuccess(PLAIN, 767),
  ])

  it.each(MODES)('a server that resets at any byte of its login leaves nobody waiting, in %s', async (mode) => {
    const players: RawPlayer[] = []
    for (let cut = 0; cut <= transcript.length; cut++) {
      backend.lead = async ({ socket }) => {
        await new Promise((sent) => socket.write(transcript.subarray(0, cut), sent))
        socket.resetAndDestroy()
      }
      const player = await open(mode, domainOf(mode, 'velocity'), PLAIN)
      players.push(player)
      const outcome = await player.outcome()
      // Before all of its Login Success has come, the player is not in.
      if (cut < transcript.length) expect({ cut, ...outcome }).toMatchObject({ cut, kind: 'kicked' })
      player.client.destroy()
    }
    const reasons = await reasonsOf(players)
    for (const reason of reasons)
      expect(['server_down', 'server_reset', 'client_closed', 'forwarding']).toContain(reason)
    expect(infrarust.child.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })

  it.each(MODES)('a player who is gone at any byte of its login leaves nothing behind, in %s', async (mode) => {
    backend.lead = asPaper(FORWARDING_SECRET)
    const domain = domainOf(mode, 'velocity')
    const whole = await open(mode, domain)
    expect(await whole.outcome()).toMatchObject({ kind: 'in' })
    whole.client.destroy()
    const players: RawPlayer[] = []
    for (let sentAtMost = 0; sentAtMost < whole.sentBytes; sentAtMost++) {
      const options = { domain, name: NOTCH.name, address: newAddress(), sentAtMost }
      const player = await RawPlayer.open(infrarust.port, options)
      running.raw(player.client)
      if (sentAtMost > whole.openingBytes) await player.authenticate(sessionServer, NOTCH)
      const resets = sentAtMost % 2 === 0
      if (resets) player.client.socket.resetAndDestroy()
      else player.client.socket.end()
      // Of who has reset before it was accepted, not even the address is known.
      if (!resets || sentAtMost > player.openingBytes) players.push(player)
    }
    const reasons = await reasonsOf(players)
    // What a reset overtakes, the header of the load balancer too, has never come.
    for (const reason of reasons) expect(['client_closed', 'client_reset', 'proxy_protocol']).toContain(reason)
    expect(infrarust.child.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
    await until(() => backend.logins.every(({ isOver }) => isOver), 'every connection to the server to be over')
  })
})

function domainOf(mode: Mode, forwarding: ForwardingKind): string {
  return `${forwarding}.${mode.replace('_', '-')}.example.com`
}

function offlineUuidOf(name: string): string {
  return offlineUuid(name, (data) => createHash('md5').update(data).digest())
}
