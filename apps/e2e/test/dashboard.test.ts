// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is looked at, not what stands in the document
import { freePort, isListening, loginBytes, RawClient, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { clientAt } from '../fixtures/balanced.ts'
import { signIn, WEB_KEY, watchedProxy } from '../fixtures/dashboard.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { clientWithHeader, connectionRows, SharedDashboard } from '../fixtures/shared-dashboard.ts'

/** As `infrarust connections --json` has them. */
interface Listed {
  readonly connections: readonly {
    readonly id: number
    readonly player?: string
    readonly client: string
    readonly peer: string
    readonly server?: string
    readonly proxy_version?: number
    readonly proxy_command?: string
  }[]
}

describe.runIf(havePeers('the dashboard in a browser', 'chromium-headless-shell', 'haproxy'))('the dashboard', () => {
  const running = new Running()
  const dashboard = new SharedDashboard(running)

  it('shows the sessions that the command shows, behind HAProxy and beside it', async () => {
    await dashboard.proxy.join('Steve', '203.0.113.7')
    await dashboard.proxy.join('Alex', '2001:db8::7')
    const direct = running.raw(await RawClient.open(dashboard.proxy.infrarust.port, { from: '127.7.7.7' }))
    direct.send(loginBytes('survival.example.com', 'Direct'))
    await direct.receives('hello')
    const tab = await dashboard.openTab('sessions')
    const shown = async (): Promise<readonly string[]> =>
      (await connectionRows(tab)).map((cells) => cells.slice(0, 6).join(' ')).sort()
    const { connections } = await dashboard.proxy.json<Listed>('connections')
    const listed = connections
      .map(({ id, player, client, peer, server, proxy_version, proxy_command }) =>
        [
          player ?? `#${id}`,
          client,
          client === peer ? 'direct' : peer,
          proxy_version === undefined ? 'none' : `v${proxy_version} ${proxy_command}`,
          'survival.example.com',
          server,
        ].join(' '),
      )
      .sort()
    await until(async () => (await shown()).length === listed.length, 'the rows')
    expect(await shown()).toEqual(listed)
    expect(listed.some((row) => row.startsWith('Steve 203.0.113.7 127.0.0.1 v2 PROXY'))).toBe(true)
    expect(tab.complaints).toEqual([])
  })

  it('shows the way of a player hop by hop, with the header that HAProxy sent and its TLVs', async () => {
    await dashboard.proxy.join('Chained', '203.0.113.77')
    const tab = await dashboard.openTab('paths')
    await tab.page.getByRole('button', { name: 'Chained' }).click()
    const chain = tab.page.getByRole('dialog').locator('.chain')
    await chain.getByText('UNIQUE_ID "edge-203.0.113.77"').waitFor()
    const text = (await chain.innerText()).replaceAll(/\s+/g, ' ')
    expect(text).toMatch(/Player 203\.0\.113\.77:40000/)
    expect(text).toMatch(/Peer 127\.0\.0\.1:\d+ .*Listener .* trusts this peer/)
    expect(text).toMatch(
      /Header received v2 PROXY source 203\.0\.113\.77:40000 destination 198\.51\.100\.2:25565 length \d+ bytes/,
    )
    expect(text).toMatch(/TLV 0x03 CRC32C [\da-f]{8}/)
    expect(text).toMatch(/Server survival .*Header sent v2 PROXY source 203\.0\.113\.77:40000/)
    expect(text).toMatch(/bytes 0d0a0d0a 000d0a51 5549540a 2111/)
    expect(tab.complaints).toEqual([])
  })

  it('draws where each address came from, and a broken edge in red with the fix in words', async () => {
    await dashboard.proxy.join('Drawn', '203.0.113.8')
    const stranger = running.raw(await clientWithHeader(dashboard.proxy.infrarust.port))
    await stranger.closed()
    const tab = await dashboard.openTab('paths')
    const picture = tab.page.getByRole('region', { name: 'Picture of the ways' })
    await picture
      .getByRole('group', { name: 'Header received' })
      .getByRole('button', { name: /^v2 PROXY, trusted/ })
      .waitFor()
    await picture
      .getByRole('group', { name: 'Header sent' })
      .getByRole('button', { name: /^v2 127\.0\.0\.1:\d+/ })
      .waitFor()
    await picture
      .getByRole('group', { name: 'Who connects' })
      .getByRole('button', { name: /^127\.9\.9\.0\/24 refused/ })
      .waitFor()
    expect(await picture.locator('.ribbon.broken').count()).toBeGreaterThan(0)
    await tab.page.getByText(/127\.9\.9\.0\/24 → listener .* not trusted; if it is a load balancer/).waitFor()

    // By keyboard: a place is a button, and picks what goes through it.
    const server = picture.getByRole('group', { name: 'Server' }).getByRole('button', { name: /^survival/ })
    await server.focus()
    await tab.page.keyboard.press('Enter')
    await picture.locator('.place.picked', { hasText: 'survival' }).waitFor()
    expect(await server.getAttribute('aria-pressed')).toBe('true')
    expect(tab.complaints).toEqual([])
  })

  it('kicks, and bans with a reason and for a while', async () => {
    const kicked = await dashboard.proxy.join('Kicked', '203.0.113.20')
    const banned = await dashboard.proxy.join('Banned', '203.0.113.21')
    const tab = await dashboard.openTab('sessions')
    const { page } = tab
    await page.getByRole('button', { name: 'Kicked' }).click()
    await page.getByRole('tab', { name: 'Kick' }).click()
    await page.getByLabel('Reason').fill('too loud')
    await page.getByRole('button', { name: 'Kick', exact: true }).click()
    await kicked.closed()
    await page.getByText('1 connection ended').waitFor()
    expect((await dashboard.proxy.infrarust.record(({ player }) => player === 'Kicked')).reason).toBe('kicked')
    await page.getByText('This connection has ended.').waitFor()
    expect(await page.getByRole('button', { name: 'Kick', exact: true }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    // The row that it was opened from is gone: the focus fell back to the very top of the page.
    await until(() => page.evaluate(() => document.activeElement?.id === 'main'), 'the focus in the content')

    await page.getByRole('button', { name: 'Banned' }).click()
    await page.getByRole('tab', { name: 'Ban' }).click()
    await page.getByLabel('What').selectOption({ label: 'Address' })
    expect(await page.getByLabel('Whom').inputValue()).toBe('203.0.113.21')
    await page.getByLabel('Reason').fill('griefing')
    await page.getByLabel('For how long').fill('2h')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByText(/203\.0\.113\.21 is banned until/).waitFor()
    const bans = await dashboard.proxy.json<
      readonly { target: object; reason: string; source: string; created_at: number; expires_at: number }[]
    >('ban', 'list')
    const found = bans.find(({ reason }) => reason === 'griefing')
    expect(found).toMatchObject({ target: { type: 'ip', value: '203.0.113.21' }, source: 'dashboard' })
    expect((found?.expires_at ?? 0) - (found?.created_at ?? 0)).toBe(7_200)
    banned.destroy()
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Bans and rules' }).click()
    await page.getByRole('button', { name: 'Lift the ban of 203.0.113.21' }).click()
    await page.getByText('203.0.113.21 may join again').waitFor()
    expect(await dashboard.proxy.json('ban', 'list')).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('finds one among many, and follows what it does', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, number) => dashboard.proxy.join(`Many${number}`, `203.0.113.${100 + number}`)),
    )
    const tab = await dashboard.openTab('sessions')
    await tab.page.getByLabel('Filter').fill('player:many17')
    await until(async () => (await connectionRows(tab)).length === 1, 'one row')
    await tab.page.getByRole('button', { name: 'Many17' }).click()
    await tab.page.getByRole('tab', { name: 'Follow' }).click()
    await tab.page.getByText('following 203.0.113.117').waitFor()
    const second = await dashboard.proxy.join('Second', '203.0.113.117')
    await tab.page.getByText(/player Second; dials/).waitFor()
    second.destroy()
    expect(tab.complaints).toEqual([])
  })

  // All rows were drawn: a tab with some thousand connections stood still for a second at each look.
  it('draws of ten thousand connections those that are looked at, and finds one of them', async () => {
    const first = { state: 'relaying', listener: 'main', peer: '10.0.0.2', bytes_in: 1, bytes_out: 1 }
    const all = Array.from({ length: 10_000 }, (_, id) => ({
      ...first,
      id: id + 1,
      client: `203.0.${id >> 8}.${id & 255}`,
      player: `Player${id + 1}`,
      age_ms: id * 1_000,
    }))
    const tab = running.add(await dashboard.browser.tab())
    await tab.page.route('**/api/v1/connections', (route) => route.fulfill({ json: { data: all } }))
    await signIn(tab, dashboard.proxy.url, 'sessions')
    await tab.page.getByText('10,000 connections').waitFor()
    const table = tab.page.getByRole('region', { name: 'Connections' })
    expect(await table.getByRole('table').getAttribute('aria-rowcount')).toBe('10001')
    expect((await connectionRows(tab)).length).toBeLessThan(100)

    // To the end by keyboard, and every place between them has rows.
    await table.focus()
    await tab.page.keyboard.press('End')
    await tab.page.getByRole('button', { name: 'Player10000', exact: true }).waitFor()
    for (const part of [0.25, 0.5, 0.75]) {
      await table.evaluate((box, to) => box.scrollTo(0, box.scrollHeight * to), part)
      await tab.page.getByRole('button', { name: `Player${10_000 * part}`, exact: true }).waitFor()
      expect((await connectionRows(tab)).length).toBeLessThan(100)
    }
    await tab.page.getByLabel('Filter').fill('player:player7777')
    await until(async () => (await connectionRows(tab)).length === 1, 'the one')
    expect(tab.complaints).toEqual([])
  })

  it('shows servers as the game draws them, asks them like doctor, and keeps players out', async () => {
    const tab = await dashboard.openTab('servers')
    const { page } = tab
    await page.getByText('2 servers', { exact: true }).waitFor()
    await page.getByLabel('Filter').fill('LOBBY.example')
    await page.getByText('1 server', { exact: true }).waitFor()
    expect(await page.getByRole('article').count()).toBe(1)
    const lobby = page.getByRole('article', { name: 'lobby' })
    await lobby.locator('.mc-gold.mc-bold', { hasText: 'for' }).waitFor()
    expect(await lobby.locator('.motd').innerText()).toMatch(/A lobby for ▒+\nof you/)
    expect(await lobby.innerText()).toMatch(/servers\/lobby\.toml:1:1/)
    await lobby.getByRole('button', { name: 'Doctor' }).click()
    await lobby.getByRole('region', { name: 'Doctor' }).getByText('ok', { exact: true }).waitFor()
    await lobby.getByRole('button', { name: 'Maintenance' }).click()
    await lobby.getByText('players are kept out from now on').waitFor()
    await lobby.locator('.state.warn', { hasText: 'maintenance' }).waitFor()
    const { maintenance } = await dashboard.proxy.json<{ maintenance: readonly { server: string }[] }>(
      'maintenance',
      'list',
    )
    expect(maintenance.map(({ server }) => server)).toEqual(['lobby'])
    await lobby.getByRole('button', { name: 'End maintenance' }).click()
    await lobby.getByText('players may join again').waitFor()
    expect(tab.complaints).toEqual([])
  })

  // A server that nobody had an answer of was green and "online", and one that sleeps was counted as up.
  it('tells servers that are down or asleep from those that are up', async () => {
    const nobody = await freePort()
    const own = await watchedProxy(running, {
      gone: `domains = ["gone.example.com"]\naddresses = ["127.0.0.1:${nobody}"]\n`,
      asleep: `domains = ["asleep.example.com"]
addresses = ["127.0.0.1:${nobody}"]

[server_manager]
type = "local"
command = "${process.execPath}"
working_dir = "/"
`,
    })
    const lost = await clientAt('203.0.113.9', own.haproxy.port, loginBytes('gone.example.com', 'Lost'))
    await running.raw(lost).closed()
    const tab = running.add(await dashboard.browser.tab())
    await signIn(tab, own.url)
    await tab.page.locator('.figure', { hasText: 'servers up' }).getByText('2 of 4', { exact: true }).waitFor()
    await tab.page.getByRole('link', { name: 'Servers' }).click()
    const gone = tab.page.getByRole('article', { name: 'gone' })
    await gone.locator('.state.bad', { hasText: 'down' }).waitFor()
    expect(await gone.innerText()).not.toContain('no failure lately')
    await tab.page.getByRole('article', { name: 'lobby' }).locator('.state.ok', { hasText: 'online' }).waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('starts a server that sleeps, and stops it', async () => {
    const port = await freePort()
    // As a server of the game: it stops when its console is told so.
    const server = `process.stdin.on('data', () => process.exit()); require('net').createServer((socket) => socket.end()).listen(${port}, '127.0.0.1')`
    const own = await watchedProxy(running, {
      sleeper: `domains = ["sleeper.example.com"]
addresses = ["127.0.0.1:${port}"]

[server_manager]
type = "local"
command = "${process.execPath}"
args = ["-e", "${server}"]
working_dir = "/"
`,
    })
    const tab = running.add(await dashboard.browser.tab())
    await signIn(tab, own.url, 'servers')
    const sleeper = tab.page.getByRole('article', { name: 'sleeper' })
    await sleeper.locator('.state.idle', { hasText: 'sleeping' }).waitFor()
    expect(await sleeper.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true)
    await sleeper.getByRole('button', { name: 'Start' }).click()
    await sleeper.locator('.state.warn', { hasText: 'starting' }).waitFor()
    await until(() => isListening(port), 'the server to be started')
    await sleeper.getByRole('button', { name: 'Stop' }).click()
    await until(async () => !(await isListening(port)), 'the server to be stopped')
    await sleeper.locator('.state.idle', { hasText: 'sleeping' }).waitFor()
    expect(await tab.page.getByRole('article', { name: 'lobby' }).getByRole('region', { name: 'Power' }).count()).toBe(
      0,
    )
    expect(tab.complaints).toEqual([])
  })

  it('shows the log as it is written, filtered and paused', async () => {
    const tab = await dashboard.openTab('log')
    const log = tab.page.getByRole('region', { name: 'Log' })
    await log.getByText('dashboard and API on').waitFor()
    await tab.page.getByLabel('Filter').fill('LogReader')
    const leave = async (name: string): Promise<void> => {
      const client = await dashboard.proxy.join(name, '203.0.113.30')
      client.destroy()
      await dashboard.proxy.infrarust.record(({ player }) => player === name)
    }
    await leave('LogReader1')
    await log.getByText('"player":"LogReader1"').waitFor()
    await tab.page.getByRole('button', { name: 'Pause' }).click()
    await leave('LogReader2')
    await tab.page.getByRole('button', { name: /Go on \(\d+ new\)/ }).waitFor()
    expect(await log.getByText('"player":"LogReader2"').count()).toBe(0)
    await tab.page.getByRole('button', { name: /Go on/ }).click()
    await log.getByText('"player":"LogReader2"').waitFor()
    expect(await log.innerText()).not.toContain('dashboard and API on')
    expect(tab.complaints).toEqual([])
  })

  it('shows what is in force and where it came from, without the key', async () => {
    const tab = await dashboard.openTab('config')
    const row = tab.page.locator('tr', { hasText: 'web.api_key' })
    expect(await row.innerText()).toMatch(/withheld/)
    expect(await tab.page.locator('tr', { hasText: 'proxy_protocol.mode' }).innerText()).toMatch(
      /optional.*infrarust\.toml:\d+:\d+/s,
    )
    // The keys of three hundred servers were a hundred thousand elements that nobody had opened.
    expect(await tab.page.getByRole('table', { includeHidden: true }).count()).toBe(1)
    await tab.page.locator('summary', { hasText: 'server survival' }).click()
    expect(
      await tab.page
        .getByRole('region', { name: 'Keys of the server survival' })
        .locator('tr', { hasText: 'send_proxy_protocol' })
        .innerText(),
    ).toMatch(/true.*servers\/survival\.toml:3:1/s)
    expect(await tab.page.content()).not.toContain(WEB_KEY)
    await tab.page.getByRole('button', { name: 'Reload' }).click()
    await tab.page.getByText('nothing changed').waitFor()
    expect(tab.complaints).toEqual([])
  })

  it('goes through the tabs of a connection by arrow keys', async () => {
    await dashboard.proxy.join('Tabbed', '203.0.113.42')
    const tab = await dashboard.openTab('sessions')
    await tab.page.getByRole('button', { name: 'Tabbed' }).click()
    await tab.page.getByRole('tab', { name: 'Way' }).focus()
    for (const [key, name] of [
      ['ArrowRight', 'Follow'],
      ['End', 'Ban'],
      ['ArrowRight', 'Way'],
      ['ArrowLeft', 'Ban'],
      ['Home', 'Way'],
    ] as const) {
      await tab.page.keyboard.press(key)
      const focused = tab.page.getByRole('tab', { name, selected: true })
      await focused.waitFor()
      expect(await focused.evaluate((element) => element === document.activeElement)).toBe(true)
    }
    expect(tab.complaints).toEqual([])
  })
})
