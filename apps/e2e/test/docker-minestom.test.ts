import type { Profile } from '@infrarust/minecraft'
import { TestSessionServer, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { SharedEngine } from '../fixtures/engine.ts'
import { Haproxy } from '../fixtures/haproxy.ts'
import { startLoginProxy } from '../fixtures/login-proxy.ts'
import { leave } from '../fixtures/minecraft-client.ts'
import { haveMinestom, minestomProgram } from '../fixtures/minestom.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { domainOf, enterMode, PLAYERS, SLEEPERS, serverLog } from '../fixtures/sleeping-server.ts'

const SUITE = 'a real server in a container that sleeps'
const minestom = await haveMinestom(SUITE)
const PLAYER = '127.0.0.78'
const running = new Running()
afterEach(() => running.stopAll())

// Three clients → HAProxy → Infrarust, which starts the container for the first of them.
describe.runIf(minestom !== undefined && havePeers(SUITE, 'dockerd', 'haproxy'))(
  'a container with a Minestom that sleeps',
  () => {
    const engine = new SharedEngine(running)
    const status = async (name: string): Promise<string> => {
      const { State } = await engine.dockerd.api.json<{ readonly State: { readonly Status: string } }>(
        `/containers/${name}/json`,
      )
      return State.Status
    }

    it.each(SLEEPERS)(
      'is started by the first player, lets in who waited with them, and sleeps when all have left: $mode',
      async ({ mode, auth }) => {
        if (minestom === undefined) return
        const { command, args } = minestomProgram(minestom, 25_565, auth, { host: '0.0.0.0' })
        await engine.dockerd.create(mode, {
          network: 'games',
          stopTimeoutS: 60,
          command: [command, ...args],
          labels: {
            'infrarust.enable': 'true',
            'infrarust.domains': domainOf(mode),
            'infrarust.proxy_mode': mode,
            ...(mode !== 'passthrough' && { 'infrarust.forwarding_mode': 'velocity' }),
            'infrarust.server_manager.type': 'docker',
            'infrarust.server_manager.start_timeout': '100s',
            'infrarust.server_manager.shutdown_after': '1s',
            'infrarust.server_manager.min_online': '0s',
          },
        })
        const sessionServer = running.add(await TestSessionServer.start(PLAYERS))
        const toml = `[docker]\nendpoint = "${engine.dockerd.endpoint}"\nforwarding = true\n`
        const infrarust = running.add(await startLoginProxy(sessionServer, { toml }))
        const { port } = running.add(
          await Haproxy.start({ to: `127.0.0.1:${infrarust.port}`, server: 'send-proxy-v2' }),
        )
        await infrarust.logged(`server \\"${mode}\\" sleeps`)
        expect(await status(mode)).toBe('created')

        const enter = (profile: Profile) => enterMode(mode, profile, { port, from: PLAYER, sessionServer })
        const joined = await Promise.all(PLAYERS.map(enter))
        expect(await status(mode)).toBe('running')
        await until(async () => {
          const log = await serverLog(infrarust, mode)
          return PLAYERS.every(({ name }) => log.includes(`spawned ${name} `))
        }, 'all three to stand in the world')
        await Promise.all(joined.map(({ client }) => leave(client)))
        for (const { name } of PLAYERS)
          expect(await infrarust.record(({ player }) => player === name)).toMatchObject({
            client: PLAYER,
            reason: 'client_closed',
          })
        await until(
          async () => (await status(mode)) === 'exited',
          'its end',
          () => infrarust.child.lines.slice(-10).join('\n'),
          60_000,
        )
        expect(infrarust.child.lines.filter((line) => line.includes('is woken by'))).toHaveLength(1)
      },
    )
  },
)
