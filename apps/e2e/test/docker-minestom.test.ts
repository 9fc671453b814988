import { until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { SharedEngine } from '../fixtures/engine.ts'
import { leave } from '../fixtures/minecraft-client.ts'
import { haveMinestom, minestomProgram } from '../fixtures/minestom.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { intoPlay, serverLog } from '../fixtures/sleeping-server.ts'

const SUITE = 'a real server in a container that sleeps'
const minestom = await haveMinestom(SUITE)
const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(minestom !== undefined && havePeers(SUITE, 'dockerd'))('a container with a Minestom that sleeps', () => {
  const engine = new SharedEngine(running)
  const status = async (): Promise<string> => {
    const { State } = await engine.dockerd.api.json<{ readonly State: { readonly Status: string } }>(
      '/containers/survival/json',
    )
    return State.Status
  }

  it('is started by the first player, lets in who waited with them, and sleeps when all have left', async () => {
    if (minestom === undefined) return
    const { command, args } = minestomProgram(minestom, 25_565, ['offline'], { host: '0.0.0.0' })
    await engine.dockerd.create('survival', {
      network: 'games',
      stopTimeoutS: 60,
      command: [command, ...args],
      labels: {
        'infrarust.enable': 'true',
        'infrarust.domains': 'survival.example.com',
        'infrarust.server_manager.type': 'docker',
        'infrarust.server_manager.start_timeout': '100s',
        'infrarust.server_manager.shutdown_after': '1s',
        'infrarust.server_manager.min_online': '0s',
      },
    })
    const infrarust = await engine.proxy()
    await infrarust.logged('server \\"survival\\" sleeps')
    expect(await status()).toBe('created')

    const names = ['Alex', 'Steve', 'Third']
    const joined = await Promise.all(
      names.map((name) => intoPlay({ port: infrarust.port, domain: 'survival.example.com', version: '26.1', name })),
    )
    expect(await status()).toBe('running')
    await until(async () => {
      const log = await serverLog(infrarust, 'survival')
      return names.every((name) => log.includes(`spawned ${name} `))
    }, 'all three to stand in the world')
    await Promise.all(joined.map(({ client }) => leave(client)))
    for (const name of names)
      expect(await infrarust.record(({ player }) => player === name)).toMatchObject({ reason: 'client_closed' })
    await until(
      async () => (await status()) === 'exited',
      'its end',
      () => infrarust.child.lines.slice(-10).join('\n'),
      60_000,
    )
    expect(infrarust.child.lines.filter((line) => line.includes('is woken by'))).toHaveLength(1)
  })
})
