import { RawBackend, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { leadsTo, loginAt } from '../fixtures/dockerd-routes.ts'
import { SharedEngine } from '../fixtures/engine.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** What whoever may label containers tries, on a real engine. Its page is `docs/docker-labels-security.md`. */
describe.runIf(havePeers('labels of strangers', 'dockerd'))('whoever may label containers', () => {
  const engine = new SharedEngine(running)

  /** Runs a container with these labels beside a harmless one, which is served once both have been read. */
  const run = async (infrarust: Infrarust, labels: Readonly<Record<string, string>>): Promise<void> => {
    await engine.dockerd.run('stranger', { network: 'games', labels: { 'infrarust.enable': 'true', ...labels } })
    await engine.dockerd.run('friend', {
      network: 'games',
      labels: { 'infrarust.enable': 'true', 'infrarust.domains': 'friend.example.com' },
    })
    await leadsTo(infrarust, 'friend.example.com', `${await engine.dockerd.address('friend', 'games')}:25565`)
  }
  const linesOf = (infrarust: Infrarust): readonly string[] =>
    infrarust.child.lines.filter((line) => line.includes('container \\"stranger\\"') || line.includes('"stranger"'))

  // `/proc/self/pagemap` was read to its end, which it does not have; the first line of any other file was quoted.
  it.each(['/proc/self/pagemap', '/etc/shadow', '/dev/zero'])('has no file read: %s', async (path) => {
    const infrarust = await engine.proxy()
    await run(infrarust, {
      'infrarust.domains': 'stranger.example.com',
      'infrarust.ip_filter.blacklist_file': path,
      'infrarust.motd.online.favicon': path,
    })
    const lines = linesOf(infrarust).join('\n')
    expect(lines).toContain('is for the files of the operator alone')
    expect(lines).toContain('only the files of the operator may name the path of one')
    expect(lines).not.toContain('root:')
    expect(await loginAt(infrarust, 'stranger.example.com')).toBe('server_down')
  })

  it('leads players to the own container only, and on to what the operator allows', async () => {
    const backend = running.add(await RawBackend.start())
    const elsewhere = `127.0.0.1:${backend.port}`
    const infrarust = await engine.proxy()
    const labels = { 'infrarust.domains': 'stranger.example.com', 'infrarust.addresses': elsewhere }
    await run(infrarust, labels)
    expect(await loginAt(infrarust, 'stranger.example.com')).toBe('server_down')
    expect(linesOf(infrarust).join('\n')).toContain('lets labels do so')

    infrarust.writeConfiguration(
      `[docker]\nendpoint = "${engine.dockerd.endpoint}"\nallow_addresses = ["127.0.0.0/8"]\n`,
    )
    await leadsTo(infrarust, 'stranger.example.com', elsewhere)
    // What was allowed once is not kept as a last good version.
    infrarust.writeConfiguration(`[docker]\nendpoint = "${engine.dockerd.endpoint}"\n`)
    await leadsTo(infrarust, 'stranger.example.com', 'server_down')
  })

  it("takes nobody else's names", async () => {
    const infrarust = await engine.proxy('domains = ["*.example.com"]')
    await run(infrarust, {
      'infrarust.a.domains': '*',
      'infrarust.b.default': 'true',
      'infrarust.b.domains': 'b.example.com',
      'infrarust.c.domains': 'bank.example.net, c.example.com',
    })
    for (const domain of ['unknown.example.org', 'bank.example.net'])
      expect(await loginAt(infrarust, domain)).toBe('unknown_domain')
    for (const domain of ['b.example.com', 'c.example.com'])
      expect(await loginAt(infrarust, domain)).toBe('server_down')
    infrarust.writeConfiguration(
      `[docker]\nendpoint = "${engine.dockerd.endpoint}"\ndomains = ["*", "?.example.com"]\nallow_default = true\n`,
    )
    const address = `${await engine.dockerd.address('stranger', 'games')}:25565`
    for (const domain of ['unknown.example.org', 'bank.example.net', 'b.example.com'])
      await leadsTo(infrarust, domain, address)
  })

  it('fills no log with a container that starts and stops', async () => {
    const infrarust = await engine.proxy()
    await run(infrarust, { 'infrarust.port': 'none', 'infrarust.nonsense': 'x', 'infrarust.default': 'true' })
    const before = linesOf(infrarust).length
    expect(before).toBeGreaterThan(0)
    for (let round = 0; round < 15; round++) {
      await engine.dockerd.stop('stranger')
      await engine.dockerd.start('stranger')
    }
    await engine.dockerd.stop('friend')
    await leadsTo(infrarust, 'friend.example.com', 'server_down')
    await until(() => linesOf(infrarust).length >= before, 'the log to hold what it held')
    expect(linesOf(infrarust).length).toBeLessThan(30)
  })
})
