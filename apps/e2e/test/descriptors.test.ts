import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { loginBytes, RawBackend, RawClient, statusBytes } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** Leaves the running proxy so many descriptors; the limit is about their numbers, and there are gaps between those. */
function leave({ child: { pid } }: Infrarust, descriptors: number): void {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let limit = 0
  for (let free = 0; free < descriptors; limit++) if (!open.has(limit)) free++
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`])
}

// Players read that the server cannot be reached, and the log asked whether its address was right.
describe('a proxy without a descriptor left', () => {
  it('tells players that it is full, and blames no server', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        toml: 'max_connections = 100000\n[status_cache]\nttl = "1ms"\n',
        servers: { s: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
      }),
    )
    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('a.example.com', 'First'))
    await session.receives('hello')
    // Enough for one more client, and none for its server.
    leave(infrarust, 1)
    const player = running.raw(await RawClient.open(infrarust.port))
    player.send(loginBytes('a.example.com', 'Second'))
    await player.receives('This proxy is full')
    expect(await infrarust.recordOf(player)).toMatchObject({ reason: 'proxy_full', server: 's' })
    player.destroy()

    const ping = running.raw(await RawClient.open(infrarust.port))
    ping.send(statusBytes('a.example.com'))
    await ping.receives('This proxy is full')
    ping.destroy()
    expect(await infrarust.recordOf(ping)).toMatchObject({ reason: 'proxy_full' })

    const log = infrarust.child.lines.join('\n')
    expect(log).not.toContain('did not answer')
    expect(log).not.toContain('gave no status')
    expect(log).toContain('this process has no file descriptor left (EMFILE)')

    leave(infrarust, 500)
    const late = running.raw(await RawClient.open(infrarust.port))
    late.send(loginBytes('a.example.com', 'Third'))
    await late.receives('hello')
  })
})
