import { until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { statusAt } from '../fixtures/dockerd-routes.ts'
import { SharedEngine } from '../fixtures/engine.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { leave, login } from '../fixtures/minecraft-client.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const LABELS = {
  'infrarust.enable': 'true',
  'infrarust.domains': 'survival.example.com',
  'infrarust.server_manager.type': 'docker',
  'infrarust.server_manager.shutdown_after': '2s',
  'infrarust.server_manager.min_online': '0s',
}

describe.runIf(havePeers('containers that sleep', 'dockerd'))('a container that sleeps', () => {
  const engine = new SharedEngine(running)
  const statusOf = async (name: string): Promise<string> => {
    const { State } = await engine.dockerd.api.json<{ readonly State: { readonly Status: string } }>(
      `/containers/${name}/json`,
    )
    return State.Status
  }
  const isContainer = (name: string, status: string): Promise<void> =>
    until(
      async () => (await statusOf(name)) === status,
      `${name} to be ${status}`,
      () => '',
      60_000,
    )
  const sleeps = (infrarust: Infrarust, domain = 'survival.example.com'): Promise<void> =>
    until(
      async () => (await statusAt(infrarust, domain)).includes('sleeps'),
      `${domain} to sleep`,
      () => infrarust.child.lines.slice(-20).join('\n'),
      60_000,
    )
  const join = (infrarust: Infrarust, name: string) =>
    login({ port: infrarust.port, domain: 'survival.example.com', name })

  it('is started by the first player, who is in play when it is up, and stopped when nobody is there', async () => {
    await engine.dockerd.create('survival', { network: 'games', labels: LABELS })
    const infrarust = await engine.proxy()
    await sleeps(infrarust)
    expect(await statusOf('survival')).toBe('created')

    // Both wait for the same start.
    const [first, second] = await Promise.all([join(infrarust, 'Alex'), join(infrarust, 'Steve')])
    if (first.kind !== 'joined' || second.kind !== 'joined') throw new Error(JSON.stringify([first, second]))
    expect(await statusOf('survival')).toBe('running')
    await Promise.all([leave(first.client), leave(second.client)])
    const endpoint = `${await engine.dockerd.address('survival', 'games')}:25565`
    expect(await infrarust.record(({ player }) => player === 'Alex')).toMatchObject({ server: 'survival', endpoint })
    await isContainer('survival', 'exited')
    await sleeps(infrarust)

    const third = await join(infrarust, 'Third')
    if (third.kind !== 'joined') throw new Error(JSON.stringify(third))
    await leave(third.client)
  })

  it('that is paused is woken where it was', async () => {
    await engine.dockerd.run('survival', {
      network: 'games',
      labels: { ...LABELS, 'infrarust.server_manager.pause': 'true' },
    })
    const infrarust = await engine.proxy()
    await isContainer('survival', 'paused')
    await sleeps(infrarust)
    const pid = await engine.dockerd.pid('survival')
    const player = await join(infrarust, 'Alex')
    if (player.kind !== 'joined') throw new Error(JSON.stringify(player))
    expect(await engine.dockerd.pid('survival')).toBe(pid)
    await leave(player.client)
  })

  it('has its domains before a younger one that runs', async () => {
    await engine.dockerd.create('survival', { network: 'games', labels: LABELS })
    const younger = { 'infrarust.enable': 'true', 'infrarust.domains': 'survival.example.com' }
    await engine.dockerd.run('younger', { network: 'games', labels: younger })
    const infrarust = await engine.proxy()
    await sleeps(infrarust)
    const player = await join(infrarust, 'Alex')
    if (player.kind !== 'joined') throw new Error(JSON.stringify(player))
    await leave(player.client)
    expect(await infrarust.record(({ player: name }) => name === 'Alex')).toMatchObject({ server: 'survival' })
    // Removed, it is nobody's any more.
    await engine.dockerd.remove('survival')
    await until(
      async () => (await statusAt(infrarust, 'survival.example.com')).includes('younger sees'),
      'the younger one to take over',
    )
  })

  it('that ends at once is told about with its last words, and players read that it could not be started', async () => {
    const command = ['/busybox/busybox', 'sh', '-c', 'echo "You need to agree to the EULA"; exit 1']
    await engine.dockerd.create('survival', { network: 'games', labels: LABELS, command })
    const infrarust = await engine.proxy()
    await sleeps(infrarust)
    expect((await join(infrarust, 'Alex')).kind).not.toBe('joined')
    expect(await infrarust.record(({ player }) => player === 'Alex')).toMatchObject({ reason: 'wake_failed' })
    await infrarust.logged('You need to agree to the EULA')
  })
})
