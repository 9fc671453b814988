import type { Socket } from 'node:net'
import { encodeStatusResponse } from '@infrarust/minecraft'
import { loginBytes, RawBackend, RawClient, statusBytes, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { residentBytesOf } from '../fixtures/process-use.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const MIB = 1024 * 1024

/** What waits has a bound of 32 MiB; the rest is what the heap of the proxy grows by with so many connections. */
const PINGS = { clients: 3_000, waves: 2, atMostMiB: 72 }
const RELAYS = { clients: 1_000, waves: 3, atMostMiB: 160 }

describe('clients that do not read', () => {
  // Each kept a copy of its status: 3,000 of them took 107 MB with this text, and most of it stayed.
  it('take no copy of a large status each, and no more in a second wave', async () => {
    const description = 'x'.repeat(32_000)
    const response = encodeStatusResponse(
      JSON.stringify({ version: { name: '1.20.4', protocol: 765 }, players: { max: 20, online: 0 }, description }),
    )
    const infrarust = await behind((socket) => void socket.end(response))
    await grows(infrarust, PINGS, statusBytes('a.example.com'))
  })

  // Each held up to 128 KiB, and the second wave took more than the first.
  it('hold little in a relay, and the last wave no more than the first may', async () => {
    const block = Buffer.alloc(64 * 1024)
    const infrarust = await behind((socket) => {
      const feed = (): void => {
        while (socket.writable && socket.write(block));
      }
      socket.on('drain', feed)
      feed()
    })
    await grows(infrarust, RELAYS, loginBytes('a.example.com'))
  })
})

async function behind(onConnection: (socket: Socket) => void): Promise<Infrarust> {
  const backend = running.add(await RawBackend.start({ onConnection }))
  const toml = `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`
  return running.add(await Infrarust.start({ toml: '[log]\nlevel = "warn"\n', servers: { s: toml } }))
}

/** Waves of clients that ask and never read; each wave hangs up before the next comes. */
async function grows(infrarust: Infrarust, wave: typeof PINGS, bytes: Uint8Array): Promise<void> {
  const { pid } = infrarust.child
  const before = residentBytesOf(pid)
  for (let number = 1; number <= wave.waves; number++) {
    const clients: RawClient[] = []
    let most = 0
    while (clients.length < wave.clients) {
      // From addresses of their own, so that no port range runs out.
      const from = `127.0.${number}.${1 + clients.length / 100}`
      const batch = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(infrarust.port, { from })))
      for (const client of batch) client.socket.pause()
      for (const client of batch) running.raw(client).send(bytes)
      clients.push(...batch)
      most = Math.max(most, residentBytesOf(pid))
    }
    most = await highest(pid, most)
    expect((most - before) / MIB, `MiB more in wave ${number}`).toBeLessThan(wave.atMostMiB)
    for (const client of clients) client.destroy()
  }
}

/** Looks until the memory of a process has not risen for a while. */
async function highest(pid: number, soFar: number): Promise<number> {
  let most = soFar
  let looksWithoutMore = 0
  await until(() => {
    const now = residentBytesOf(pid)
    looksWithoutMore = now > most ? 0 : looksWithoutMore + 1
    most = Math.max(most, now)
    return looksWithoutMore >= 50
  }, 'its memory to stop rising')
  return most
}
