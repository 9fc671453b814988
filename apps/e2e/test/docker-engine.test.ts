import { loginBytes, RawClient } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { leadsTo, loginAt } from '../fixtures/dockerd-routes.ts'
import { SharedEngine } from '../fixtures/engine.ts'
import type { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** The longer an engine was away, the longer the pause to the next attempt, up to 10 s; then it has to be read. */
const LONGEST_RECONNECT_MS = 40_000

const labels = (domain: string) => ({ 'infrarust.enable': 'true', 'infrarust.domains': domain })

describe.runIf(havePeers('an engine that goes away', 'dockerd'))('an engine', () => {
  const engine = new SharedEngine(running)
  const proxy = (): Promise<Infrarust> => engine.proxy('poll_interval = "1h"\nreconnect_delay = "200ms"\n')

  it('that stops takes no session and no route with it, and is read again when it is back', async () => {
    await engine.dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await engine.dockerd.run('doomed', { network: 'games', labels: labels('doomed.example.com') })
    const infrarust = await proxy()
    const lobby = `${await engine.dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby)
    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('lobby.example.com', 'Stays'))
    await session.receives('Stays')

    const doomed = await engine.dockerd.pid('doomed')
    await engine.dockerd.stopEngine()
    await infrarust.logged('cannot be read')
    session.send(Buffer.from('still there?'))
    await session.receives('still there?')
    expect(await loginAt(infrarust, 'lobby.example.com')).toBe(lobby)
    process.kill(doomed, 'SIGKILL')

    await engine.dockerd.startEngine()
    await leadsTo(infrarust, 'doomed.example.com', 'server_down', LONGEST_RECONNECT_MS)
    await engine.dockerd.run('born', { network: 'games', labels: labels('born.example.com') })
    await leadsTo(infrarust, 'born.example.com', `${await engine.dockerd.address('born', 'games')}:25565`)
    session.send(Buffer.from('and now?'))
    await session.receives('and now?')
    // Not with each attempt. An engine that starts may answer, go once more and be back: that is told again.
    const told = infrarust.child.lines.filter((line) => line.includes('cannot be read'))
    expect(told.length).toBeLessThanOrEqual(2)
  })

  it('that is missing at the start is waited for, while the rest of the proxy runs', async () => {
    await engine.dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await engine.dockerd.stopEngine()
    const infrarust = await proxy()
    await infrarust.logged('cannot be read')
    expect(infrarust.child.hasEnded).toBe(false)
    await engine.dockerd.startEngine()
    const lobby = `${await engine.dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby, LONGEST_RECONNECT_MS)
  })
})
