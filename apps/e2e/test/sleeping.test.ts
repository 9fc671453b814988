import type { Profile } from '@infrarust/minecraft'
import { folderWith, freePort, TestSessionServer, until } from '@infrarust/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Haproxy } from '../fixtures/haproxy.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { leave } from '../fixtures/minecraft-client.ts'
import { haveMinestom, minestomProgram } from '../fixtures/minestom.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import {
  domainOf,
  enterMode,
  isThere,
  localManager,
  localPid,
  PLAYERS,
  SLEEPERS,
  serverLog,
} from '../fixtures/sleeping-server.ts'

const SUITE = 'a real server that sleeps'
const minestom = await haveMinestom(SUITE)
const PLAYER = '127.0.0.79'

/** Their servers, behind addresses of this machine. */
const SERVERS = {
  passthrough: (domain: string, port: number) => `domains = ["${domain}"]\naddresses = ["127.0.0.1:${port}"]\n`,
  client_only: (domain: string, port: number) => loginServer(domain, port, 'client_only', 'velocity'),
  offline: (domain: string, port: number) => loginServer(domain, port, 'offline', 'velocity'),
}

// Three clients → HAProxy → Infrarust, which starts a JVM for the first of them, up to players who stand in its world.
describe.runIf(minestom !== undefined && havePeers(SUITE, 'haproxy'))('a Minestom that sleeps', () => {
  const running = new Running()
  let sessionServer: TestSessionServer
  let infrarust: Infrarust
  let port: number
  const folders: Record<string, string> = {}

  beforeAll(async () => {
    if (minestom === undefined) return
    sessionServer = running.add(await TestSessionServer.start(PLAYERS))
    const servers: Record<string, string> = {}
    for (const { mode, auth } of SLEEPERS) {
      const behind = await freePort()
      const folder = folderWith({}, afterAll)
      folders[mode] = folder
      const program = minestomProgram(minestom, behind, auth)
      servers[mode] = `${SERVERS[mode](domainOf(mode), behind)}\n${localManager(program, folder)}`
    }
    infrarust = running.add(await startLoginProxy(sessionServer, { servers }))
    port = running.add(await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: 'send-proxy-v2' })).port
  })
  afterAll(() => running.stopAll())

  it.each(SLEEPERS.map(({ mode }) => mode))(
    'is started by the first player, lets in who waited with them, and sleeps when all have left: %s',
    async (mode) => {
      const folder = folders[mode] ?? ''
      const enter = (profile: Profile) => enterMode(mode, profile, { port, from: PLAYER, sessionServer })
      await infrarust.logged(`server \\"${mode}\\" sleeps`)
      expect(localPid(folder)).toBeUndefined()

      const [waker, ...others] = PLAYERS
      const first = enter(waker)
      await infrarust.logged(`server \\"${mode}\\" is woken by ${waker.name} (${PLAYER})`)
      const joined = await Promise.all([first, ...others.map(enter)])
      const pid = localPid(folder)
      expect(pid).toBeGreaterThan(1)
      await until(async () => {
        const log = await serverLog(infrarust, mode)
        return PLAYERS.every(({ name }) => log.includes(`spawned ${name} `))
      }, 'all three to stand in the world')

      await Promise.all(joined.map(({ client }) => leave(client)))
      for (const { name } of PLAYERS) {
        const record = await infrarust.record(({ player, server }) => player === name && server === mode)
        expect(record).toMatchObject({ client: PLAYER, reason: 'client_closed', ms: { hold: expect.any(Number) } })
      }
      await infrarust.logged(`server \\"${mode}\\" is stopped: nobody is there`)
      // What is not there takes no processor.
      await until(
        () => localPid(folder) === undefined && !isThere(pid ?? 0),
        'its end',
        () => infrarust.child.lines.slice(-10).join('\n'),
        60_000,
      )
      expect(infrarust.child.lines.filter((line) => line.includes(`server \\"${mode}\\" is woken`))).toHaveLength(1)
    },
  )
})
