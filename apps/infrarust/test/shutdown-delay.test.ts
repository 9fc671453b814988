import { constants } from 'node:os'
import { folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { connected, ping } from './client.ts'
import { Running } from './running.ts'

/** Longer than any test, so that what ends it is never the clock. */
const LONG = '[shutdown]\ndelay = "1h"\n'

async function withDelay(toml: string, kind: 'node' | 'native') {
  const transport = `[transport]\nkind = "${kind}"\n`
  const admin = '[admin]\nbind = "127.0.0.1:0"\n[log]\nformat = "json"\n'
  const running = new Running(folderWith({ 'infrarust.toml': `${toml}${transport}${admin}`, 'servers/.keep': '' }))
  const port = await running.port()
  const url = `http://127.0.0.1:${Number((await running.line(({ event }) => event === 'admin')).port)}`
  const ready = async (): Promise<number> => (await fetch(`${url}/readyz`)).status
  await until(async () => (await ready()) === 200, 'it is ready')
  return { running, port, url, ready }
}

describe.each(['node', 'native'] as const)(
  'a proxy on the %s transport that is to stop',
  { timeout: 60_000 },
  (kind) => {
    it('is not ready first, takes players for the delay, and then nobody', async () => {
      const { running, port, ready } = await withDelay('[shutdown]\ndelay = "8s"\n', kind)
      running.program.kill('SIGTERM')
      let taken = 0
      // What a load balancer sees that asks all the time: never "ready" again, and nobody turned away before it has noticed.
      await until(async () => {
        if ((await ready().catch(() => 503)) === 200) return false
        await ping(port, 'a.example.com')
          .then(({ socket }) => {
            taken++
            socket.destroy()
          })
          .catch(() => undefined)
        return taken >= 3
      }, 'three players came while it was not ready')
      expect(running.lines.some(({ msg }) => String(msg).includes('no new connections'))).toBe(false)
      expect(await ready()).toBe(503)
      await running.logged('SIGTERM: no new connections')
      await expect(connected(port)).rejects.toThrow('ECONNREFUSED')
      expect(await running.exit).toBe(0)
    })

    it('keeps what has come during the delay, and ends it as any session', async () => {
      const { running, port, url } = await withDelay(`shutdown_timeout = "1s"\n${LONG}`, kind)
      running.program.kill('SIGTERM')
      expect(await running.logged('not ready any more')).toMatchObject({
        msg: 'SIGTERM: not ready any more; listening for 3600000 ms yet (again: exit at once)',
      })
      const late = await connected(port)
      late.on('error', () => undefined)
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      const gone = new Promise((resolve) => late.once('close', resolve))
      running.program.kill('SIGTERM')
      await gone
      expect(await running.exit).toBe(128 + constants.signals.SIGTERM)
      expect(running.lines.filter(({ event }) => event === 'access').length).toBeGreaterThan(0)
    })
  },
)
