import { join } from 'node:path'
import { Child, freePort, loginBytes, RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const ATTACK = join(import.meta.dirname, '../attacks/short-connections.ts')
const FLOOD_SECONDS = 5
/** Far more than it takes on a busy machine, and less than being starved until the flood is over. */
const SERVED_MS = 2_500

describe('a flood of short connections for a name that leads nowhere', () => {
  // On the native transport no HTTP request and no newcomer was answered and no line was logged before it was over.
  it('keeps neither a newcomer, nor a session, nor the health page, nor the log from their turn', async () => {
    const backend = running.add(
      await RawBackend.start({ onAccept: (socket) => void socket.pipe(socket), onConnection: () => {} }),
    )
    const admin = await freePort()
    const infrarust = running.add(
      await Infrarust.start({
        toml: `[admin]\nbind = "127.0.0.1:${admin}"\n`,
        servers: {
          lobby: `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`,
          asleep: 'domains = ["b.example.com"]\naddresses = ["127.0.0.1:1"]\n[motd.offline]\ntext = "asleep"\n',
        },
      }),
    )
    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('a.example.com'))
    await until(() => session.received.length > 0, 'the session to stand')

    const flood = running.add(
      new Child(process.execPath, [ATTACK, String(infrarust.port), String(FLOOD_SECONDS), '100']),
    )
    await flood.line((line) => line.includes('begins'), 'its beginning')
    await infrarust.logged('nowhere.example.com')
    const linesBefore = infrarust.child.lines.length
    const tookMs: Record<string, number> = {}
    let rounds = 0
    const slowest = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const start = performance.now()
      await work()
      tookMs[what] = Math.max(tookMs[what] ?? 0, performance.now() - start)
    }
    while (!flood.hasEnded) {
      const echoed = session.received.length + 4
      await Promise.all([
        slowest('a status', () => listPing(infrarust.port)),
        slowest('the health page', async () =>
          expect((await fetch(`http://127.0.0.1:${admin}/healthz`)).status).toBe(200),
        ),
        slowest('an echo', () => until(() => session.send(Buffer.alloc(4)).received.length >= echoed, 'an echo')),
      ])
      if (!flood.hasEnded) rounds++
    }

    expect(JSON.parse(flood.lines.at(-1) ?? '').opened).toBeGreaterThan(100)
    expect(rounds).toBeGreaterThan(2)
    for (const [what, ms] of Object.entries(tookMs)) expect(ms, what).toBeLessThan(SERVED_MS)
    expect(infrarust.child.lines.length).toBeGreaterThan(linesBefore)
  })
})

/** A newcomer with the server list open, who tries again where the kernel has no room, as everybody's system does. */
async function listPing(port: number): Promise<void> {
  const client = await RawClient.open(port)
  client.send(statusBytes('b.example.com'))
  await client.receives('asleep')
  client.destroy()
}
