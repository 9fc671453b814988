import { join } from 'node:path'
import { folderWith, freePort } from '@infrarust/test-kit'
import { IS_LONG } from '@infrarust/test-kit/suite'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compilePackets } from '../fixtures/compiled-packets.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { leave } from '../fixtures/minecraft-client.ts'
import { Running } from '../fixtures/running.ts'
import { intoPlay, localManager, localPid } from '../fixtures/sleeping-server.ts'
import { SLOW_VERSIONS } from '../fixtures/slow-versions.ts'

/** The game gives up after 30 s without a word. The short form has both shorter; a word comes every ten seconds. */
const { startMs, patienceMs } = IS_LONG
  ? { startMs: 45_000, patienceMs: 30_000 }
  : { startMs: 18_000, patienceMs: 15_000 }

const VERSIONS = SLOW_VERSIONS.map(([release]) => release)

const running = new Running()
beforeAll(() => compilePackets(SLOW_VERSIONS))
afterEach(() => running.stopAll())

describe('a server that takes longer to start than a client is patient', () => {
  it.each(['passthrough', 'offline'])(
    'has clients of all versions in play without a reconnect, with %s',
    async (mode) => {
      const port = await freePort()
      const folder = folderWith({})
      const script = join(import.meta.dirname, '../fixtures/slow-server.ts')
      const program = { command: process.execPath, args: [script, String(port), String(startMs)] }
      const server = `domains = ["slow.example.com"]\naddresses = ["127.0.0.1:${port}"]\nproxy_mode = "${mode}"\n`
      const infrarust = running.add(
        await Infrarust.start({ servers: { slow: `${server}${localManager(program, folder)}` } }),
      )
      await infrarust.logged('server \\"slow\\" sleeps')

      // Each from an address of its own: no more than four of one client may wait.
      const dials = VERSIONS.map((version, index) => ({
        port: infrarust.port,
        domain: 'slow.example.com',
        name: `Player${index}`,
        from: `127.0.0.${81 + index}`,
        version,
        patienceMs,
      }))
      const joined = await Promise.all(dials.map((dial) => intoPlay(dial))).catch((cause: unknown) => {
        throw new Error(infrarust.child.lines.join('\n'), { cause })
      })
      expect(localPid(folder)).toBeGreaterThan(1)
      await Promise.all(joined.map(({ client }) => leave(client)))

      const records = await Promise.all(
        dials.map(({ name }) => infrarust.record(({ player }) => player === name, `the record of ${name}`)),
      )
      for (const record of records) expect(record).toMatchObject({ reason: 'client_closed', server: 'slow' })
      // The first of them has waited for the whole start.
      const heldMs = Math.max(...records.map(({ ms }) => ms.hold ?? 0))
      expect(heldMs).toBeGreaterThan(startMs - 1_000)
      expect(infrarust.records.filter(({ player }) => player !== null)).toHaveLength(VERSIONS.length)
      expect(infrarust.child.lines.filter((line) => line.includes('is woken by'))).toHaveLength(1)
      console.info(
        `${VERSIONS.join(', ')} with ${mode}: ${heldMs} ms held by clients with a patience of ${patienceMs} ms`,
      )
    },
  )
})
