import { join } from 'node:path'
import { decodeStatusReply } from '@infrarust/minecraft'
import { finished, type RawClient, statusBytes, TestSessionServer, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { NOTCH } from '../fixtures/account.ts'
import { clientAt } from '../fixtures/balanced.ts'
import { asPaper, LoginBackend } from '../fixtures/login-backend.ts'
import { FORWARDING_SECRET, loginServer, startLoginProxy } from '../fixtures/login-proxy.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { descriptorsOf, residentBytesOf } from '../fixtures/process-use.ts'
import { RawPlayer } from '../fixtures/raw-player.ts'
import { Running } from '../fixtures/running.ts'

const FLOOD = join(import.meta.dirname, '../attacks/logins.ts')
const RATE = 1_000
const SECONDS = 15
const MIB = 2 ** 20
/** What takes less than a turn of a busy scheduler says nothing where it takes one. */
const TURN_MS = 2

const running = new Running()
afterEach(() => running.stopAll())

/** Milliseconds from what is said to the moment in which all of the answer is there. */
async function timeUntil(client: RawClient, say: () => unknown, isAnswered: () => boolean): Promise<number> {
  const { socket } = client
  const began = performance.now()
  const answered = new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (!isAnswered()) return
      socket.off('data', look)
      socket.off('close', gone)
      resolve()
    }
    const gone = (): void => reject(new Error(`closed after ${client.received.length} bytes`))
    socket.on('data', look)
    socket.on('close', gone)
  })
  say()
  await answered
  return performance.now() - began
}

/** The time that a quarter of the rounds stay within: what it costs, without what a busy machine adds now and then. */
async function usual(rounds: number, measure: () => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await measure())
  return times.sort((a, b) => a - b)[Math.floor(rounds / 4)] ?? Number.NaN
}

describe(`${RATE} logins a second that are answered with nonsense`, () => {
  it('leave the pings and the play of others as they were, and neither memory nor descriptors behind', async () => {
    const sessionServer = running.add(await TestSessionServer.start([NOTCH]))
    const backend = running.add(await LoginBackend.start(asPaper(FORWARDING_SECRET)))
    const pinged = running.add(await MinecraftServer.start())
    const infrarust = running.add(
      await startLoginProxy(sessionServer, {
        toml: '[log]\nlevel = "warn"\n',
        servers: {
          played: loginServer('played.example.com', backend.port, 'client_only', 'velocity'),
          pinged: `domains = ["pinged.example.com"]\naddresses = ["127.0.0.1:${pinged.port}"]\n`,
        },
      }),
    )
    const { pid } = infrarust.child
    const who = { domain: 'played.example.com', name: 'Notch', address: '203.0.113.7' }
    const player = await RawPlayer.open(infrarust.port, who)
    running.raw(player.client)
    await player.authenticate(sessionServer, NOTCH)
    expect(await player.outcome()).toMatchObject({ kind: 'in' })

    const ping = async (): Promise<number> => {
      const client = await clientAt('203.0.113.8', infrarust.port)
      const isAnswered = (): boolean => decodeStatusReply(client.received).kind === 'decoded'
      const took = await timeUntil(client, () => client.send(statusBytes('pinged.example.com')), isAnswered)
      client.destroy()
      return took
    }
    let words = 0
    const play = async (): Promise<number> => {
      const word = `word ${++words}.`
      return await timeUntil(
        player.client,
        () => player.say(Buffer.from(word)),
        () => player.take().includes(word),
      )
    }
    const flood = (seconds: number) =>
      finished(process.execPath, [FLOOD, String(infrarust.port), who.domain, String(RATE), String(seconds)])

    // What V8 compiles for such a client is compiled before.
    await flood(3)
    await usual(40, ping)
    await usual(40, play)
    const alone = { ping: await usual(61, ping), play: await usual(61, play) }
    const before = { memory: residentBytesOf(pid), descriptors: descriptorsOf(pid) }

    const flooding = flood(SECONDS)
    const beside = { ping: Number.POSITIVE_INFINITY, play: Number.POSITIVE_INFINITY }
    let peak = 0
    for (let look = 0; look < 3; look++) {
      beside.ping = Math.min(beside.ping, await usual(61, ping))
      beside.play = Math.min(beside.play, await usual(61, play))
      peak = Math.max(peak, residentBytesOf(pid))
    }
    const { stdout, code } = await flooding
    expect(code).toBe(0)
    const counted = JSON.parse(stdout)
    const ratios = {
      ping: beside.ping / Math.max(alone.ping, TURN_MS),
      play: beside.play / Math.max(alone.play, TURN_MS),
    }
    console.info(
      `${JSON.stringify(counted)}; ping ${ratios.ping.toFixed(2)}, play ${ratios.play.toFixed(2)} times as long; ` +
        `${Math.round((peak - before.memory) / MIB)} MiB more`,
    )

    // It was a flood, and was bounded: a hundred a second are asked for a key.
    expect(counted.begun).toBeGreaterThan((RATE * SECONDS) / 4)
    expect(counted.asked).toBeLessThan(100 * SECONDS + 300)
    expect(counted.told).toBeGreaterThan(0)
    expect(sessionServer.asked).toHaveLength(1)
    expect(backend.logins).toHaveLength(1)

    expect(ratios.ping).toBeLessThan(5)
    expect(ratios.play).toBeLessThan(5)
    expect(peak - before.memory).toBeLessThan(96 * MIB)
    await until(() => descriptorsOf(pid) <= before.descriptors + 5, 'the descriptors to be given back')
  })
})
