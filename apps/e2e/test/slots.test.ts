import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { leave, login } from '../fixtures/minecraft-client.ts'
import { MinecraftServer } from '../fixtures/minecraft-server.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

const LOGIN = loginBytes('a.example.com')

function serverFile(port: number, more = ''): string {
  return `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${port}"]\n${more}`
}

describe('max_players', () => {
  it('tells the player who is one too many, and lets the next in when one has left', async () => {
    const backend = running.add(await MinecraftServer.start())
    const infrarust = running.add(
      await Infrarust.start({ servers: { s: serverFile(backend.port, 'name = "Survival"\nmax_players = 1\n') } }),
    )
    const dial = { port: infrarust.port, domain: 'a.example.com' }
    const first = await login({ ...dial, name: 'First' })
    if (first.kind !== 'joined') throw new Error(`the first player was ${first.kind}`)
    const second = await login({ ...dial, name: 'Second' })
    expect(second).toMatchObject({ kind: 'kicked', text: expect.stringContaining('Survival is full.') })
    expect(await infrarust.record(({ reason }) => reason === 'full')).toMatchObject({ player: 'Second', server: 's' })
    await leave(first.client)
    await infrarust.record(({ player }) => player === 'First')
    const third = await login({ ...dial, name: 'Third' })
    expect(third.kind).toBe('joined')
    if (third.kind === 'joined') await leave(third.client)
  })

  it('holds for a crowd that comes at once, and changes while it is there', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({ servers: { s: serverFile(backend.port, 'max_players = 5\n') } }),
    )
    const crowd = await Promise.all(Array.from({ length: 40 }, () => RawClient.open(infrarust.port)))
    for (const client of crowd) running.raw(client).send(LOGIN)
    await until(() => crowd.every(({ received }) => received.length > 0), 'an answer for each')
    expect(crowd.filter(({ received }) => received.includes('hello'))).toHaveLength(5)

    infrarust.writeServer('s', serverFile(backend.port, 'max_players = 6\n'))
    await infrarust.logged('changed: a.example.com')
    const late = [running.raw(await RawClient.open(infrarust.port)), running.raw(await RawClient.open(infrarust.port))]
    for (const client of late) {
      client.send(LOGIN)
      await until(() => client.received.length > 0, 'an answer')
    }
    expect(late.map(({ received }) => received.includes('hello'))).toEqual([true, false])
  })
})

describe('max_connections', () => {
  it('of 1000 and a thousand mute sockets keep no player out', async () => {
    const backend = running.add(await RawBackend.start())
    const infrarust = running.add(
      await Infrarust.start({ toml: 'max_connections = 1000\n', servers: { s: serverFile(backend.port) } }),
    )
    for (let batch = 0; batch < 10; batch++) {
      const mute = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(infrarust.port)))
      for (const client of mute) running.raw(client)
    }
    for (let player = 0; player < 5; player++) {
      const client = running.raw(await RawClient.open(infrarust.port))
      client.send(LOGIN)
      await client.receives('hello')
    }
  })

  it('tells the player who comes when all others play, and changes while they do', async () => {
    const backend = running.add(await RawBackend.start())
    const toml = (max: number): string => `max_connections = ${max}\n`
    const infrarust = running.add(await Infrarust.start({ toml: toml(2), servers: { s: serverFile(backend.port) } }))
    const players = [await RawClient.open(infrarust.port), await RawClient.open(infrarust.port)]
    for (const player of players) {
      running.raw(player).send(LOGIN)
      await player.receives('hello')
    }
    const late = running.raw(await RawClient.open(infrarust.port))
    late.send(LOGIN)
    await late.receives('This proxy is full')
    await infrarust.record(({ reason }) => reason === 'proxy_full')
    const lastGets = async (text: string): Promise<void> =>
      until(async () => {
        const last = await RawClient.open(infrarust.port)
        last.send(LOGIN)
        await until(() => last.received.length > 0 || last.isClosed, 'an answer')
        last.destroy()
        return last.received.includes(text)
      }, `the last to get ${text}`)
    infrarust.writeConfiguration(toml(3))
    await lastGets('hello')
    infrarust.writeConfiguration(toml(1))
    await lastGets('This proxy is full')
    expect(players.map(({ isClosed }) => isClosed)).toEqual([false, false])
    infrarust.writeConfiguration(toml(2))
    players[0]?.destroy()
    await lastGets('hello')
    expect(players[1]?.isClosed).toBe(false)
  })
})
