import { loginBytes, RawClient } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { leadsTo, loginAt } from '../fixtures/dockerd-routes.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** The longer an engine was away, the longer the pause to the next attempt, up to 10 s; then it has to be read. */
const LONGEST_RECONNECT_MS = 40_000

const labels = (domain: string) => ({ 'infrarust.enable': 'true', 'infrarust.domains': domain })

describe.runIf(havePeers('an engine that goes away', 'dockerd'))('an engine', () => {
  let dockerd: Dockerd
  beforeAll(async () => {
    dockerd = await Dockerd.start()
    await dockerd.network('games')
  })
  afterEach(() => dockerd.clear())
  afterAll(() => dockerd?.dispose())
  const proxy = async (): Promise<Infrarust> =>
    running.add(
      await Infrarust.start({
        toml: `[docker]\nendpoint = "${dockerd.endpoint}"\npoll_interval = "1h"\nreconnect_delay = "200ms"\n`,
      }),
    )

  it('that stops takes no session and no route with it, and is read again when it is back', async () => {
    await dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await dockerd.run('doomed', { network: 'games', labels: labels('doomed.example.com') })
    const infrarust = await proxy()
    const lobby = `${await dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby)
    const session = running.raw(await RawClient.open(infrarust.port))
    session.send(loginBytes('lobby.example.com', 'Stays'))
    await session.receives('Stays')

    const doomed = await dockerd.pid('doomed')
    await dockerd.stopEngine()
    await infrarust.logged('cannot be read')
    session.send(Buffer.from('still there?'))
    await session.receives('still there?')
    expect(await loginAt(infrarust, 'lobby.example.com')).toBe(lobby)
    process.kill(doomed, 'SIGKILL')

    await dockerd.startEngine()
    await leadsTo(infrarust, 'doomed.example.com', 'server_down', LONGEST_RECONNECT_MS)
    await dockerd.run('born', { network: 'games', labels: labels('born.example.com') })
    await leadsTo(infrarust, 'born.example.com', `${await dockerd.address('born', 'games')}:25565`)
    session.send(Buffer.from('and now?'))
    await session.receives('and now?')
    expect(infrarust.child.lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1)
  })

  it('that is missing at the start is waited for, while the rest of the proxy runs', async () => {
    await dockerd.run('lobby', { network: 'games', labels: labels('lobby.example.com') })
    await dockerd.stopEngine()
    const infrarust = await proxy()
    await infrarust.logged('cannot be read')
    expect(infrarust.child.hasEnded).toBe(false)
    await dockerd.startEngine()
    const lobby = `${await dockerd.address('lobby', 'games')}:25565`
    await leadsTo(infrarust, 'lobby.example.com', lobby, LONGEST_RECONNECT_MS)
  })
})
