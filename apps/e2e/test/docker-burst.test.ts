import { readFileSync } from 'node:fs'
import { until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { WatchedTable } from '../fixtures/dockerd-routes.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

describe.runIf(havePeers('a burst of events of an engine', 'dockerd'))('an engine', () => {
  it('with a burst of events makes one swap of the table for it, and little work', async () => {
    const dockerd = await Dockerd.start()
    running.add({ stop: () => dockerd.dispose() })
    await dockerd.network('games')
    const names = Array.from({ length: 10 }, (_, index) => `burst${index}`)
    for (const name of names)
      await dockerd.run(name, {
        network: 'games',
        labels: { 'infrarust.enable': 'true', 'infrarust.domains': `${name}.example.com` },
        command: ['/busybox/busybox', 'sleep', '1d'],
      })
    const infrarust = running.add(
      await Infrarust.start({ toml: `[docker]\nendpoint = "${dockerd.endpoint}"\npoll_interval = "1h"\n` }),
    )
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
