import { readFileSync } from 'node:fs'
import { loginBytes, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { leadsTo, loginAt, WatchedTable } from '../fixtures/dockerd-routes.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** The longer an engine was away, the longer the pause to the next attempt, up to 10 s; then it has to be read. */
const LONGEST_RECONNECT_MS = 40_000

const labels = (domain: string) => ({ 'infrarust.enable': 'true', 'infrarust.domains': domain })

describe.runIf(havePeers('an engine that goes away', 'dockerd'))('an engine', () => {
  const engine = async (): Promise<Dockerd> => {
    const dockerd = await Dockerd.start()
    running.add({ stop: () => dockerd.dispose() })
    await dockerd.network('games')
    return dockerd
  }
  const proxy = async (dockerd: Dockerd): Promise<Infrarust> =>
    running.add(
      await Infrarust.start({
        toml: `[docker]\nendpoint = "${dockerd.endpoint}"\npoll_interval = "1h"\nreconnect_delay = "200ms"\n`,
      }),
    )

  it('that stops takes no session and no route with it, and is read again when it is back', async () => {
    const dockerd = await engine()
    await dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await dockerd.run('doomed', { network: 'games', labels: labels('doomed.example.com') })
    const infrarust = await proxy(dockerd)
    const lobby = `${await dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby)
    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('lobby.example.com', 'Stays'))
    await session.receives('Stays')

    const doomed = await dockerd.pid('doomed')
    await dockerd.stopEngine()
    await infrarust.logged('cannot be read')
    session.send(Buffer.from('still there?'))
    await session.receives('still there?')
    expect(await loginAt(infrarust, 'lobby.example.com')).toBe(lobby)
    process.kill(doomed, 'SIGKILL')

    await dockerd.startEngine()
    await leadsTo(infrarust, 'doomed.example.com', 'server_down', LONGEST_RECONNECT_MS)
    await dockerd.run('born', { network: 'games', labels: labels('born.example.com') })
    await leadsTo(infrarust, 'born.example.com', `${await dockerd.address('born', 'games')}:25565`)
    session.send(Buffer.from('and now?'))
    await session.receives('and now?')
    expect(infrarust.child.lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1)
  })

  it('that is missing at the start is waited for, while the rest of the proxy runs', async () => {
    const dockerd = await engine()
    await dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await dockerd.stopEngine()
    const infrarust = await proxy(dockerd)
    await infrarust.logged('cannot be read')
    expect(infrarust.child.hasEnded).toBe(false)
    await dockerd.startEngine()
    const lobby = `${await dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby, LONGEST_RECONNECT_MS)
  })

  it('with a burst of events makes one swap of the table for it, and little work', async () => {
    const dockerd = await engine()
    const names = Array.from({ length: 10 }, (_, index) => `burst${index}`)
    for (const name of names)
      await dockerd.run(name, {
        network: 'games',
        labels: labels(`${name}.example.com`),
        command: ['/busybox/busybox', 'sleep', '1d'],
      })
    const infrarust = await proxy(dockerd)
    await until(
      () => names.every((name) => infrarust.child.lines.some((line) => line.includes(`\\"${name}\\" added`))),
      'all servers',
    )

    const table = running.add(new WatchedTable(dockerd))
    await until(() => table.registry.servers.length === names.length, 'the first list')

    table.swaps = 0
    const usedMs = processorMsOf(infrarust.child.pid)
    const startedAt = performance.now()
    for (let round = 0; round < 20; round++)
      for (const change of ['pause', 'unpause'] as const) await Promise.all(names.map((name) => dockerd[change](name)))
    await Promise.all(names.map((name) => dockerd.pause(name)))
    await until(() => table.registry.servers.every(({ state }) => state === 'offline'), 'all to be offline')
    const burstMs = performance.now() - startedAt
    const share = (processorMsOf(infrarust.child.pid) - usedMs) / burstMs
    process.stdout.write(
      `410 events in ${burstMs.toFixed(0)} ms: ${table.swaps} swaps, ${(share * 100).toFixed(1)} % of one processor\n`,
    )
    // A burst that goes on is looked at now and then, or its first change would wait for its last.
    expect(table.swaps).toBeLessThanOrEqual(2 + burstMs / BURST_QUIET_MS)
    expect(share).toBeLessThan(0.5)
  })
})

/** What the provider waits for the next event of a burst. */
const BURST_QUIET_MS = 100

/** User and system time of a process. @see proc_pid_stat(5), fields 14 and 15, in ticks of 10 ms */
function processorMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
