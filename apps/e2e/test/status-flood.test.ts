import { freePort, RawBackend } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { rawPing } from '../fixtures/raw-ping.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const server = (domain: string, port: number): string => `domains = ["${domain}"]\naddresses = ["127.0.0.1:${port}"]\n`

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

describe('a dead backend under 200 pings a second', () => {
  it('costs the pings of other servers nothing, and its own come from the negative cache', async () => {
    const backend = running.add(await MinecraftServer.start({ motd: 'alive' }))
    // Accepts and never says a word: a connection to it would take all the time that a ping has.
    const mute = running.add(await RawBackend.start({ onConnection: () => undefined }))
    const infrarust = running.add(
      await Infrarust.start({
        toml: '[timeouts]\nstatus = "2s"\n',
        servers: {
          alive: server('alive.example.com', backend.port),
          mute: server('mute.example.com', mute.port),
          refused: server('refused.example.com', await freePort()),
        },
      }),
    )
    const times: number[] = []
    const pingAlive = async (): Promise<void> => {
      const { text, ms } = await rawPing(infrarust.port, 'alive.example.com')
      expect(text).toContain('alive')
      times.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    for (let i = 0; i < 60; i++) await pingAlive()
    const before = medianOf(times.splice(0).slice(10))

    const flood: Promise<{ readonly text: string; readonly ms: number }>[] = []
    let isOver = false
    const began = performance.now()
    const flooding = (async () => {
      // Two each 10 ms: 200 a second.
      while (!isOver) {
        for (const dead of ['mute', 'refused']) flood.push(rawPing(infrarust.port, `${dead}.example.com`))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })()
    // Long enough for the mute one to have failed, and to be answered for from then on.
    let hasFailed = false
    const failed = infrarust.logged('server \\"mute\\" gave no status').then(() => {
      hasFailed = true
    })
    while (!hasFailed) await pingAlive()
    await failed
    const after = flood.length
    while (flood.length < after + 200) await pingAlive()
    isOver = true
    await flooding
    const during = medianOf(times)
    const answers = await Promise.all(flood)
    const seconds = (performance.now() - began) / 1_000

    for (const { text } of answers) expect(text).toContain('cannot be reached')
    const late = medianOf(answers.slice(after).map(({ ms }) => ms))
    // From the cache: less than the 1.5 s that one fetch from the mute backend takes.
    expect(late).toBeLessThan(1_000)
    // A fetch for each ping would have been hundreds. A failure holds for two seconds, and then it is asked for once more.
    expect(mute.connections.length).toBeLessThanOrEqual(1 + seconds / 2)
    console.info(
      `alive: ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms during ${answers.length} pings of the dead (${late.toFixed(1)} ms)`,
    )
    expect(during).toBeLessThan(Math.max(before, 5) * 20)
  })
})
