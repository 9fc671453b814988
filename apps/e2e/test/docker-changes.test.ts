import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { leadsTo, loginAt, WatchedTable } from '../fixtures/dockerd-routes.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'

const DOMAIN = 'lobby.example.com'
const LABELS = { 'infrarust.enable': 'true', 'infrarust.domains': DOMAIN }

describe.runIf(havePeers('changes of containers', 'dockerd'))('a change of a container', () => {
  let dockerd: Dockerd
  let infrarust: Infrarust
  let table: WatchedTable
  /** Milliseconds from a finished change to a right table, for the reader of the run. */
  const took: number[] = []
  beforeAll(async () => {
    dockerd = await Dockerd.start()
    await dockerd.network('one')
    await dockerd.network('two')
  })
  beforeEach(async () => {
    infrarust = await Infrarust.start({ toml: configuration() })
    table = new WatchedTable(dockerd, { poll_interval: '1h' })
  })
  afterEach(async () => {
    await infrarust.stop()
    await table.stop()
    await dockerd.clear()
  })
  afterAll(async () => {
    process.stdout.write(`slowest change: ${Math.max(...took).toFixed(0)} ms of ${took.length}\n`)
    await dockerd?.dispose()
  })

  /** So long a poll that it explains nothing here. */
  const configuration = (more = ''): string =>
    `[docker]\nendpoint = "${dockerd.endpoint}"\npoll_interval = "1h"\n${more}`
  const at = async (name: string, network = 'one'): Promise<string> => `${await dockerd.address(name, network)}:25565`
  const becomes = async (wanted: string, domain = DOMAIN): Promise<void> => {
    took.push(await table.leadsTo(domain, wanted))
    await leadsTo(infrarust, domain, wanted)
  }

  it('is told by the name of the container and the whole label when it is wrong, and touches nobody else', async () => {
    await dockerd.run('good', { network: 'one', labels: LABELS })
    await becomes(await at('good'))
    const labels = { 'infrarust.enable': 'true', 'infrarust.domains': 'typo.example.com' }
    await dockerd.run('typo', { network: 'one', labels: { ...labels, 'infrarust.send_proxy_protcol': 'true' } })
    const typo = await infrarust.logged('send_proxy_protcol')
    expect(JSON.parse(typo).msg).toContain(
      'container "typo": label infrarust.send_proxy_protcol="true" is unknown; did you mean "send_proxy_protocol"?',
    )
    await dockerd.run('range', { network: 'one', labels: { ...labels, 'infrarust.port': '65536' } })
    const range = await infrarust.logged('65536')
    expect(JSON.parse(range).msg).toContain(
      'container "range": label infrarust.port is 65536; a port is a number from 1 to 65535',
    )
    await dockerd.run('forgotten', { network: 'one', labels: { 'infrarust.domains': 'x.example.com' } })
    expect(JSON.parse(await infrarust.logged('forgotten')).msg).toBe(
      'container "forgotten": label infrarust.domains is ignored; add the label infrarust.enable=true',
    )
    // Its domain is known and nobody serves it: no fall to a wildcard or a default server.
    await becomes('server_down', 'typo.example.com')
    expect(await loginAt(infrarust, DOMAIN)).toBe(await at('good'))
  })

  it('hands a domain that two claim to the older one, and to the other while that one is stopped', async () => {
    await dockerd.run('older', { network: 'one', labels: LABELS })
    await dockerd.run('younger', {
      network: 'one',
      labels: { ...LABELS, 'infrarust.domains': `${DOMAIN},own.example.com` },
    })
    const conflict = JSON.parse(await infrarust.logged('is claimed by')).msg
    for (const part of ['container "older"', 'container "younger"', DOMAIN]) expect(conflict).toContain(part)
    await becomes(await at('older'))
    await becomes(await at('younger'), 'own.example.com')
    await dockerd.stop('older')
    await becomes(await at('younger'))
    await dockerd.start('older')
    await becomes(await at('older'))
    expect(await loginAt(infrarust, 'own.example.com')).toBe(await at('younger'))
  })

  it('of its networks is followed, and named where nothing says which one is meant', async () => {
    await dockerd.run('lobby', { network: 'one', labels: LABELS })
    await becomes(await at('lobby'))
    await dockerd.connect('two', 'lobby')
    const problem = JSON.parse(await infrarust.logged('add the label')).msg
    for (const part of ['container "lobby"', '"one"', '"two"', 'infrarust.network']) expect(problem).toContain(part)
    await becomes('server_down')
    await dockerd.disconnect('one', 'lobby')
    await becomes(await at('lobby', 'two'))
  })

  it('of its name is followed by its default domain', async () => {
    await dockerd.run('before', { network: 'one', labels: { 'infrarust.enable': 'true' } })
    await becomes(await at('before'), 'before.docker.local')
    await dockerd.rename('before', 'after')
    await becomes(await at('after'), 'after.docker.local')
    await becomes('unknown_domain', 'before.docker.local')
  })

  it('keeps players away from it while it is paused or stopped', async () => {
    await dockerd.run('lobby', { network: 'one', labels: LABELS })
    await becomes(await at('lobby'))
    await dockerd.pause('lobby')
    await becomes('server_down')
    await dockerd.unpause('lobby')
    await becomes(await at('lobby'))
    await dockerd.stop('lobby')
    await becomes('server_down')
    // After `offline_time` it is as if it had never been there.
    infrarust.writeConfiguration(configuration('offline_time = "3s"\n'))
    await leadsTo(infrarust, DOMAIN, 'unknown_domain')
  })

  // compose starts the new container only when what it depends on is healthy.
  it('into another container keeps its players waiting until that one is started', async () => {
    await dockerd.run('lobby', { network: 'one', labels: LABELS })
    await becomes(await at('lobby'))
    await dockerd.remove('lobby')
    await dockerd.create('lobby', { network: 'one', labels: LABELS })
    // Whoever reads the list now sees the new one, which has never been started.
    await dockerd.run('other', { network: 'one', labels: { 'infrarust.enable': 'true' } })
    await becomes(await at('other'), 'other.docker.local')
    expect(await loginAt(infrarust, DOMAIN)).toBe('server_down')
    await dockerd.start('lobby')
    await becomes(await at('lobby'))
  })

  it('into another container, with other labels or another address, is followed', async () => {
    await dockerd.run('lobby', { network: 'one', labels: LABELS })
    await becomes(await at('lobby'))
    await dockerd.remove('lobby')
    await becomes('server_down')
    // Takes the address that the lobby had.
    await dockerd.run('other', { network: 'one' })
    await dockerd.run('lobby', { network: 'one', labels: { ...LABELS, 'infrarust.domains': 'new.example.com' } })
    await becomes(await at('lobby'), 'new.example.com')
    await becomes('unknown_domain')

    const before = await at('lobby')
    await dockerd.stop('lobby')
    await dockerd.run('third', { network: 'one' })
    await dockerd.start('lobby')
    expect(await at('lobby')).not.toBe(before)
    await becomes(await at('lobby'), 'new.example.com')
  })
})
