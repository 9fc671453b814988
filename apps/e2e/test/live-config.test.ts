import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const server = (domain: string, port: number): string => `domains = ["${domain}"]\naddresses = ["127.0.0.1:${port}"]\n`

/** One login by raw bytes: what came back first. */
async function answerTo(port: number, domain: string): Promise<string> {
  const client = await RawClient.open(port)
  client.send(loginBytes(domain))
  await until(() => client.received.length > 0 || client.isClosed, `an answer for ${domain}`)
  const text = client.received.toString('latin1')
  client.destroy()
  return text
}

describe('server files edited while players connect', () => {
  it('are served, changed, kept when broken, and removed, without a gap for anybody else', async () => {
    const steady = running.add(await RawBackend.start({ onConnection: (socket) => void socket.write('steady') }))
    const first = running.add(await RawBackend.start({ onConnection: (socket) => void socket.write('first') }))
    const second = running.add(await RawBackend.start({ onConnection: (socket) => void socket.write('second') }))
    const infrarust = running.add(
      await Infrarust.start({ servers: { steady: server('steady.example.com', steady.port) } }),
    )

    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('steady.example.com', 'Session'))
    await session.receives('steady')

    const load = keepConnecting(infrarust.port)
    const { port } = infrarust

    infrarust.writeServer('edited', server('edited.example.com', first.port))
    await until(async () => (await answerTo(port, 'edited.example.com')) === 'first', 'the added server')

    const beside = join(infrarust.folder, 'servers', '.edited.toml.swp')
    writeFileSync(beside, server('edited.example.com', second.port))
    renameSync(beside, join(infrarust.folder, 'servers', 'edited.toml'))
    await until(async () => (await answerTo(port, 'edited.example.com')) === 'second', 'the file renamed into place')

    infrarust.writeServer(
      'edited',
      `domains = ["edited.example.com"]\naddresses = ["127.0.0.1:1"]\nsend_proxy_protcol = true\n`,
    )
    const complaint = await infrarust.logged('did you mean')
    expect(complaint).toContain('edited.toml:3:1')
    expect(complaint).toContain('send_proxy_protcol')
    expect(await answerTo(port, 'edited.example.com')).toBe('second')

    infrarust.removeServer('edited')
    await until(
      async () => (await answerTo(port, 'edited.example.com')).includes('edited.example.com'),
      'the removed server to be unknown',
    )

    const outcome = await load.stop()
    expect(outcome.failed).toEqual([])
    expect(outcome.served).toBeGreaterThan(5)
    session.send(Buffer.from('still here'))
    await until(() => steady.connections[0]?.bytes.includes('still here') ?? false, 'the session to go on')
  })
})

describe('SIGTERM', () => {
  it('takes no new players, lets sessions run until shutdown_timeout, and exits with 0', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({
        toml: 'shutdown_timeout = "1s"\n',
        servers: { s: server('a.example.com', backend.port) },
      }),
    )
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('a.example.com'))
    await client.receives('hello')
    const exit = once(infrarust.child.process, 'exit')
    const start = performance.now()
    infrarust.child.process.kill('SIGTERM')
    await expect
      .poll(
        () =>
          RawClient.open(infrarust.port).then(
            () => 'accepted',
            () => 'refused',
          ),
        { timeout: 10_000 },
      )
      .toBe('refused')
    expect(client.isClosed).toBe(false)
    expect(await exit).toEqual([0, null])
    expect(performance.now() - start).toBeGreaterThan(900)
    expect(await infrarust.record((each) => each.intent === 'login')).toMatchObject({ reason: 'shutdown' })
  })
})

/** Logs in to the steady server again and again, one after the other, until told to stop. */
function keepConnecting(port: number): { stop(): Promise<{ served: number; failed: string[] }> } {
  let isStopped = false
  let served = 0
  const failed: string[] = []
  const done = (async () => {
    while (!isStopped) {
      const answer = await answerTo(port, 'steady.example.com')
      if (answer === 'steady') served++
      else failed.push(answer)
    }
  })()
  return {
    stop: async () => {
      isStopped = true
      await done
      return { served, failed }
    },
  }
}
