import { join } from 'node:path'
import { loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { command, INFRARUST } from '../fixtures/infrarust-command.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { Terminal } from '../fixtures/terminal.ts'

const running = new Running()
afterEach(() => running.stopAll())

const PLAYERS = 50

interface House {
  readonly config: string
  readonly infrarust: Infrarust
  readonly clients: readonly RawClient[]
}

/** Fifty sessions, each from an address of its own: `Player7` from 127.0.7.1. */
async function house(): Promise<House> {
  const backend = running.add(await RawBackend.start())
  const toml = `domains = ["*.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n`
  const infrarust = running.add(await Infrarust.start({ servers: { survival: toml } }))
  const clients = await Promise.all(
    Array.from({ length: PLAYERS }, async (_, number) => {
      const client = running.raw(await RawClient.open(infrarust.port, { from: `127.0.${number}.1` }))
      client.send(loginBytes('a.example.com', `Player${number}`))
      await client.receives('hello')
      return client
    }),
  )
  return { config: join(infrarust.folder, 'infrarust.toml'), infrarust, clients }
}

describe.runIf(havePeers('live views in a terminal', 'tmux'))('a terminal with fifty sessions', () => {
  it('shows them all with connections --watch, moving as they move, and gives the terminal back', async () => {
    const { config, clients } = await house()
    const terminal = running.add(
      Terminal.start([process.execPath, INFRARUST, 'connections', '--watch', '--sort', 'rate', '--config', config]),
    )
    const screen = await terminal.shows((lines) => lines[0] === `${PLAYERS} connections`, 'fifty connections')
    expect(screen[2]).toMatch(/^ID +CLIENT +PEER +PROXY +DOMAIN +SERVER +PLAYER +STATE +IN +OUT +RATE +AGE$/)
    const rows = screen.filter((line) => line.includes(' relaying '))
    // They count from 1 on both transports; the native one has long numbers of its own.
    for (const row of rows) expect(Number(/^\d+/.exec(row)?.[0])).toBeLessThanOrEqual(PLAYERS)
    expect(new Set(rows.map((line) => /Player\d+/.exec(line)?.[0])).size).toBe(PLAYERS)

    const busy = setInterval(() => clients[31]?.send(Buffer.alloc(4_096)), 20)
    await terminal.shows((lines) => /Player31 .* [\d.]+ KiB\/s/.test(lines[3] ?? ''), 'the busy one on top')
    clearInterval(busy)
    for (const client of clients.slice(0, 20)) client.destroy()
    await terminal.shows((lines) => lines[0] === `${PLAYERS - 20} connections`, 'thirty connections')
    terminal.press('C-c')
    const after = await terminal.shows((lines) => lines.includes('ended with 0'), 'the shell again')
    expect(after.join('\n')).not.toContain('PLAYER')
  })
  // Lines were cut off at the edge: whoever looked from a phone saw addresses, and never who it was.
  it('leaves out what does not fit where the terminal is narrow, and never the players', async () => {
    const { config } = await house()
    const watch = [process.execPath, INFRARUST, 'connections', '--watch', '--config', config]
    const terminal = running.add(Terminal.start(watch, { columns: 60 }))
    const screen = await terminal.shows((lines) => lines[0] === `${PLAYERS} connections`, 'fifty connections')
    expect(screen[2]).toMatch(/ PLAYER .*RATE/)
    const rows = screen.filter((line) => line.includes('Player'))
    expect(new Set(rows.map((line) => /Player\d+ .* [\d.]+ \w+\/s( |$)/.test(line)))).toEqual(new Set([true]))
    expect(rows.length).toBe(PLAYERS)
  })
  it('scrolls where the terminal cannot be drawn over', async () => {
    const { config } = await house()
    const watch = ['env', 'TERM=dumb', process.execPath, INFRARUST, 'connections', '--watch', '--config', config]
    const terminal = running.add(Terminal.start(watch))
    await terminal.shows((lines) => lines.filter((line) => line.startsWith('ID ')).length >= 1, 'a table')
    terminal.press('C-c')
    const after = await terminal.shows(
      (lines) => lines.some((line) => line.includes('ended with 0')),
      'the shell again',
    )
    expect(after.join('\n')).toContain('Player7')
  })
  // The words were written to the screen that goes away with the table.
  it('says why there is nothing to show, before and after', async () => {
    const { config, infrarust } = await house()
    const watch = [process.execPath, INFRARUST, 'connections', '--watch', '--config', config]
    const terminal = running.add(Terminal.start(watch))
    await terminal.shows((lines) => lines[0] === `${PLAYERS} connections`, 'fifty connections')
    await infrarust.child.stop('SIGKILL')
    const gone = await terminal.shows((lines) => lines.includes('ended with 2'), 'the shell again')
    expect(gone.join('\n')).toContain('infrarust: ')
    const late = running.add(Terminal.start(watch))
    const never = await late.shows((lines) => lines.includes('ended with 2'), 'the shell again')
    expect(never.join('\n')).toContain('no proxy runs with this configuration')
  })
  it('follows one player with trace among all others', async () => {
    const { config, infrarust } = await house()
    const terminal = running.add(
      Terminal.start([process.execPath, INFRARUST, 'trace', '127.9.9.9', '--config', config]),
    )
    await terminal.shows((lines) => lines.some((line) => line.startsWith('following 127.9.9.9')), 'the trace to begin')
    const [stranger, followed] = await Promise.all([
      RawClient.open(infrarust.port, { from: '127.8.8.8' }),
      RawClient.open(infrarust.port, { from: '127.9.9.9' }),
    ])
    running.raw(stranger).send(loginBytes('a.example.com', 'CustomCode'))
    running.raw(followed).send(loginBytes('a.example.com', 'Followed'))
    await Promise.all([stranger.receives('hello'), followed.receives('hello')])
    followed.destroy()
    const screen = (await terminal.shows((lines) => lines.some((line) => /reason client_/.test(line)), 'its end')).join(
      '\n',
    )
    expect(screen).toMatch(/accepted on .* from peer 127\.9\.9\.9/)
    expect(screen).toMatch(/login to a\.example\.com, protocol 765, server "survival"/)
    expect(screen).toMatch(/player Followed; dials 127\.0\.0\.1:\d+, without a header/)
    expect(screen).toMatch(/dialling → relaying/)
    expect(screen).not.toMatch(/CustomCode|127\.8\.8\.8/)
    terminal.press('C-c')
    await terminal.shows((lines) => lines.some((line) => line.includes('ended with 0')), 'the shell again')
  })
})

describe('kick among fifty sessions', () => {
  it('ends exactly those that each kind of target means', async () => {
    const { config, infrarust } = await house()
    const left = async (): Promise<number> => {
      const { stdout } = await command('connections', '--json', '--config', config)
      const answer: { connections: { id: number; player: string }[] } = JSON.parse(stdout)
      return answer.connections.length
    }
    const { stdout } = await command('connections', '--json', '--client', '127.0.5.1', '--config', config)
    const [player5]: { id: number }[] = JSON.parse(stdout).connections

    const targets: readonly (readonly [target: string, names: readonly string[]])[] = [
      [String(player5?.id), ['Player5']],
      ['player6', ['Player6']],
      ['127.0.7.1', ['Player7']],
      [
        '127.0.40.0/21',
        ['Player40', 'Player41', 'Player42', 'Player43', 'Player44', 'Player45', 'Player46', 'Player47'],
      ],
    ]
    let expected = PLAYERS
    for (const [target, names] of targets) {
      const kicked = await command('kick', target, '--json', '--config', config)
      const answer: { kicked: { player: string }[] } = JSON.parse(kicked.stdout)
      expect(answer.kicked.map(({ player }) => player).sort()).toEqual([...names].sort())
      for (const name of names)
        expect((await infrarust.record((record) => record.player === name)).reason).toBe('kicked')
      expected -= names.length
      await until(async () => (await left()) === expected, `${expected} to be left`)
    }
    expect(infrarust.records.filter(({ reason }) => reason === 'kicked')).toHaveLength(11)
  })
})
