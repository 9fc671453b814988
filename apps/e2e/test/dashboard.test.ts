// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is looked at, not what stands in the document
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { freePort, isListening, loginBytes, RawClient, until } from '@infrarust/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clientAt } from '../fixtures/balanced.ts'
import { type Tab, TestBrowser } from '../fixtures/browser.ts'
import { READ_KEY, signIn, VIEWS, type WatchedProxy, WEB_KEY, watchedProxy } from '../fixtures/dashboard.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

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
  const shared = new Running()
  const running = new Running()
  let browser: TestBrowser
  let proxy: WatchedProxy

  beforeAll(async () => {
    browser = shared.add(await TestBrowser.start())
    proxy = await watchedProxy(shared)
  })
  afterEach(() => running.stopAll())
  afterAll(() => shared.stopAll())

  /** A tab that is signed in; what it complained about is looked at by the test. */
  async function openTab(view: string, options: Parameters<TestBrowser['tab']>[0] = {}): Promise<Tab> {
    const tab = running.add(await browser.tab(options))
    await signIn(tab, proxy.url, view)
    return tab
  }

  async function rows({ page }: Tab): Promise<readonly (readonly string[])[]> {
    return page
      .getByRole('region', { name: 'Connections' })
      .locator('tbody tr:not(.space)')
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')))
  }

  it('shows the sessions that the command shows, behind HAProxy and beside it', async () => {
    await proxy.join('Steve', '203.0.113.7')
    await proxy.join('Alex', '2001:db8::7')
    const direct = running.raw(await RawClient.open(proxy.infrarust.port, { from: '127.7.7.7' }))
    direct.send(loginBytes('survival.example.com', 'Direct'))
    await direct.receives('hello')
    const tab = await openTab('sessions')
    const shown = async (): Promise<readonly string[]> =>
      (await rows(tab)).map((cells) => cells.slice(0, 6).join(' ')).sort()
    const { connections } = await proxy.json<Listed>('connections')
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
    await proxy.join('Chained', '203.0.113.77')
    const tab = await openTab('paths')
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
    await proxy.join('Drawn', '203.0.113.8')
    const stranger = running.raw(await clientWithHeader(proxy.infrarust.port))
    await stranger.closed()
    const tab = await openTab('paths')
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
    const kicked = await proxy.join('Kicked', '203.0.113.20')
    const banned = await proxy.join('Banned', '203.0.113.21')
    const tab = await openTab('sessions')
    const { page } = tab
    await page.getByRole('button', { name: 'Kicked' }).click()
    await page.getByRole('tab', { name: 'Kick' }).click()
    await page.getByLabel('Reason').fill('too loud')
    await page.getByRole('button', { name: 'Kick', exact: true }).click()
    await kicked.closed()
    await page.getByText('1 connection ended').waitFor()
    expect((await proxy.infrarust.record(({ player }) => player === 'Kicked')).reason).toBe('kicked')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Banned' }).click()
    await page.getByRole('tab', { name: 'Ban' }).click()
    await page.getByLabel('What').selectOption({ label: 'Address' })
    expect(await page.getByLabel('Whom').inputValue()).toBe('203.0.113.21')
    await page.getByLabel('Reason').fill('griefing')
    await page.getByLabel('For how long').fill('2h')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByText(/203\.0\.113\.21 is banned until/).waitFor()
    const bans = await proxy.json<
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
    expect(await proxy.json('ban', 'list')).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('finds one among many, and follows what it does', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, number) => proxy.join(`Many${number}`, `203.0.113.${100 + number}`)),
    )
    const tab = await openTab('sessions')
    await tab.page.getByLabel('Filter').fill('player:many17')
    await until(async () => (await rows(tab)).length === 1, 'one row')
    await tab.page.getByRole('button', { name: 'Many17' }).click()
    await tab.page.getByRole('tab', { name: 'Follow' }).click()
    await tab.page.getByText('following 203.0.113.117').waitFor()
    const second = await proxy.join('Second', '203.0.113.117')
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
    const tab = running.add(await browser.tab())
    await tab.page.route('**/api/v1/connections', (route) => route.fulfill({ json: { data: all } }))
    await signIn(tab, proxy.url, 'sessions')
    await tab.page.getByText('10,000 connections').waitFor()
    const table = tab.page.getByRole('region', { name: 'Connections' })
    expect(await table.getByRole('table').getAttribute('aria-rowcount')).toBe('10001')
    expect((await rows(tab)).length).toBeLessThan(100)

    // To the end by keyboard, and every place between them has rows.
    await table.focus()
    await tab.page.keyboard.press('End')
    await tab.page.getByRole('button', { name: 'Player10000', exact: true }).waitFor()
    for (const part of [0.25, 0.5, 0.75]) {
      await table.evaluate((box, to) => box.scrollTo(0, box.scrollHeight * to), part)
      await tab.page.getByRole('button', { name: `Player${10_000 * part}`, exact: true }).waitFor()
      expect((await rows(tab)).length).toBeLessThan(100)
    }
    await tab.page.getByLabel('Filter').fill('player:player7777')
    await until(async () => (await rows(tab)).length === 1, 'the one')
    expect(tab.complaints).toEqual([])
  })

  it('shows servers as the game draws them, asks them like doctor, and keeps players out', async () => {
    const tab = await openTab('servers')
    const { page } = tab
    const lobby = page.getByRole('article', { name: 'lobby' })
    await lobby.locator('.mc-gold.mc-bold', { hasText: 'for' }).waitFor()
    expect(await lobby.locator('.motd').innerText()).toMatch(/A lobby for ▒+\nof you/)
    expect(await lobby.innerText()).toMatch(/servers\/lobby\.toml:1:1/)
    await lobby.getByRole('button', { name: 'Doctor' }).click()
    await lobby.getByRole('region', { name: 'Doctor' }).getByText('ok', { exact: true }).waitFor()
    await lobby.getByRole('button', { name: 'Maintenance' }).click()
    await lobby.getByText('players are kept out from now on').waitFor()
    await lobby.locator('.state.warn', { hasText: 'maintenance' }).waitFor()
    const { maintenance } = await proxy.json<{ maintenance: readonly { server: string }[] }>('maintenance', 'list')
    expect(maintenance.map(({ server }) => server)).toEqual(['lobby'])
    await lobby.getByRole('button', { name: 'End maintenance' }).click()
    await lobby.getByText('players may join again').waitFor()
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
    const tab = running.add(await browser.tab())
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
    const tab = await openTab('log')
    const log = tab.page.getByRole('region', { name: 'Log' })
    await log.getByText('dashboard and API on').waitFor()
    await tab.page.getByLabel('Filter').fill('LogReader')
    const leave = async (name: string): Promise<void> => {
      const client = await proxy.join(name, '203.0.113.30')
      client.destroy()
      await proxy.infrarust.record(({ player }) => player === name)
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
    const tab = await openTab('config')
    const row = tab.page.locator('tr', { hasText: 'web.api_key' })
    expect(await row.innerText()).toMatch(/withheld/)
    expect(await tab.page.locator('tr', { hasText: 'proxy_protocol.mode' }).innerText()).toMatch(
      /optional.*infrarust\.toml:\d+:\d+/s,
    )
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

  it('signs in by a link, once, and keeps nothing of it in the address', async () => {
    const { url } = await proxy.json<{ url: string }>('web', 'login')
    const tab = running.add(await browser.tab())
    await tab.page.goto(url)
    await tab.page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(tab.page.url()).not.toContain('ticket')
    expect(await tab.page.evaluate(() => document.cookie)).toBe('')

    const late = running.add(await browser.tab())
    await late.page.goto(url)
    await late.page.getByText(/this link was used already/).waitFor()
    expect(await late.page.getByRole('navigation').count()).toBe(0)
  })

  it('does not let a wrong key in, and says so', async () => {
    const tab = running.add(await browser.tab())
    await tab.page.goto(proxy.url)
    await tab.page.getByLabel('Key').fill('a-wrong-key-of-the-test')
    await tab.page.getByRole('button', { name: 'Sign in' }).click()
    await tab.page.getByRole('alert').getByText('this is no key of this proxy').waitFor()
    expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0)
    await tab.page.getByLabel('Key').fill(WEB_KEY)
    await tab.page.getByRole('button', { name: 'Sign in' }).click()
    await tab.page.getByRole('heading', { name: 'Overview' }).waitFor()
    await tab.page.getByRole('button', { name: 'Sign out' }).click()
    await tab.page.getByLabel('Key').waitFor()
    expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0)
    expect(tab.complaints).toEqual([])
  })

  it('offers who has the reading key nothing that would be refused, and says why', async () => {
    await proxy.join('Looked', '203.0.113.41')
    const tab = running.add(await browser.tab())
    await signIn(tab, proxy.url, 'servers', READ_KEY)
    await tab.page.getByText(/signed in with read_key/).waitFor()
    const lobby = tab.page.getByRole('article', { name: 'lobby' })
    for (const name of ['Doctor', 'Maintenance']) {
      const button = lobby.getByRole('button', { name, exact: true })
      expect([name, await button.isDisabled()]).toEqual([name, true])
      expect(await button.getAttribute('title')).toContain('needs api_key')
    }
    await tab.page.getByRole('link', { name: 'Sessions' }).click()
    await tab.page.getByRole('button', { name: 'Looked' }).click()
    for (const name of ['Kick', 'Ban']) {
      await tab.page.getByRole('tab', { name }).click()
      expect(await tab.page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true)
    }
    expect(await violations(tab)).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('goes through the tabs of a connection by arrow keys', async () => {
    await proxy.join('Tabbed', '203.0.113.42')
    const tab = await openTab('sessions')
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

  it('comes back by itself when the proxy was restarted', async () => {
    const own = await watchedProxy(running)
    const tab = running.add(await browser.tab())
    await signIn(tab, own.url, 'sessions')
    await tab.page.getByText('live', { exact: true }).waitFor()
    await own.infrarust.child.stop('SIGKILL')
    await tab.page.getByText('no answer', { exact: true }).waitFor()
    const again = await own.startAgain(running)
    await tab.page.getByText('live', { exact: true }).waitFor()
    const client = running.raw(
      await clientAt('203.0.113.40', own.haproxy.port, loginBytes('survival.example.com', 'After')),
    )
    await client.receives('hello')
    await tab.page.getByRole('button', { name: 'After' }).waitFor()
    expect(again.hasEnded).toBe(false)
    expect(tab.complaints).toEqual([])
  })

  describe('with hostile texts', () => {
    const NAMES = ['<b>bold</b>', '<script>x()', '"><img src=x>', 'javascript:1//']

    it('shows names, domains, reasons and MOTDs as the texts that they are', async () => {
      for (const [index, name] of NAMES.entries()) await proxy.join(name, `203.0.113.${50 + index}`)
      const stranger = running.raw(await clientAt('203.0.113.60', proxy.haproxy.port))
      stranger.send(loginBytes('<img src=x onerror=alert(1)>.example.com', 'Lost'))
      const reason = `<script>alert(1)</script>\u202e${'long '.repeat(2_000)}`
      await command('ban', 'add', '198.51.100.66', '--reason', reason, '--config', proxy.config)
      const tab = running.add(await browser.tab())
      // What the proxy itself refuses or has no room for, as if it came all the same.
      await tab.page.route('**/api/v1/connections', async (route) => {
        const answer = await (await route.fetch()).json()
        const text = '<script>alert(7)</script>\u202e\u2066'
        const hostile = {
          ...answer.data[0],
          id: 1e9,
          player: `${text}${'z'.repeat(10_000)}`,
          client: text,
          peer: `${text}:`,
          listener: text,
          proxy_command: text,
          domain: 'd'.repeat(10_000),
          server: `${text}${'s'.repeat(10_000)}`,
          endpoint: text,
          state: text,
        }
        await route.fulfill({ json: { data: [...answer.data, hostile] } })
      })
      await tab.page.route('**/api/v1/servers', async (route) => {
        const answer = await (await route.fetch()).json()
        const [first] = answer.data
        const hostile = {
          ...first,
          id: '<script>alert(2)</script>',
          domains: ['<img src=x onerror=alert(3)>', 'x'.repeat(10_000)],
          addresses: ['\u202eevil:1'],
          source: '<iframe src=//evil>',
        }
        await route.fulfill({ json: { data: [...answer.data, hostile] } })
      })
      await tab.page.route('**/api/v1/servers/*/health', (route) =>
        route.fulfill({
          json: {
            data: {
              state: 'online',
              status: {
                description: {
                  text: '<script>alert(4)</script>\u202e',
                  color: 'red;background:url(//evil)',
                  extra: ['y'.repeat(10_000)],
                },
                favicon: 'javascript:alert(5)',
                version: { name: '<svg onload=alert(6)>' },
                players: { online: '<b>', max: {} },
              },
            },
          },
        }),
      )
      await signIn(tab, proxy.url, 'sessions')
      const expected = [...NAMES, '<script>alert(7)</script>\\u202e\\u2066zzzzz… (9995 more)']
      const names = async (): Promise<readonly string[]> => (await rows(tab)).map(([name = '']) => name).sort()
      for (const name of expected) {
        await tab.page.getByLabel('Filter').fill(name.slice(0, 16))
        await until(async () => (await names()).join() === name, name)
      }
      for (const view of VIEWS) {
        await tab.page.getByRole('link', { name: view.title }).click()
        await tab.page.getByRole('heading', { name: view.title, level: 1 }).waitFor()
        if (view.title === 'Servers')
          await tab.page.getByRole('article', { name: '<script>alert(2)</script>' }).waitFor()
        if (view.title === 'Bans and rules') await tab.page.getByText(/<script>alert\(1\)<\/script>/).waitFor()
        const found = await tab.page.evaluate(() => ({
          foreign: document.querySelectorAll(
            '#app :is(script, iframe, b b, img:not([src^="data:image/png"]), svg[onload])',
          ).length,
          turned: document.body.innerText.match(/[\u202a-\u202e\u2066-\u2069\u200b]/g)?.length ?? 0,
          isWide: document.documentElement.scrollWidth > innerWidth,
          longest: Math.max(...document.body.innerText.split('\n').map((line) => line.length)),
        }))
        expect(found).toMatchObject({ foreign: 0, turned: 0, isWide: false })
        expect(found.longest).toBeLessThan(5_000)
      }
      expect(tab.complaints).toEqual([])
      expect([...tab.asked]).toEqual([new URL(proxy.url).host])
      await command('ban', 'remove', '198.51.100.66', '--config', proxy.config)
    })
  })

  // `PICTURES=1` writes them into the documentation; without it they are taken all the same.
  it('has its picture taken for the documentation', async () => {
    const own = await watchedProxy(running)
    const players = ['Steve', 'Alex', 'Efe', 'Kai', 'Makena', 'Noor', 'Sunny', 'Zuri', 'Ari']
    const clients = await Promise.all(players.map((name, index) => own.join(name, `203.0.113.${20 + index * 7}`)))
    const direct = running.raw(await RawClient.open(own.infrarust.port, { from: '127.7.7.7' }))
    direct.send(loginBytes('survival.example.com', 'Direct'))
    await direct.receives('hello')
    await running.raw(await clientWithHeader(own.infrarust.port)).closed()
    const busy = setInterval(() => {
      for (const [index, client] of clients.entries()) client.send(Buffer.alloc(400 * (index + 1)))
      direct.send(Buffer.alloc(4_000))
    }, 100)
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        const tab = running.add(await browser.tab({ colorScheme, width: 1_120, height: 700 }))
        // An hour takes an hour.
        await tab.page.route('**/api/v1/stats/history', (route) => route.fulfill({ json: { data: recordedHour() } }))
        await signIn(tab, own.url)
        await tab.page.getByText('Delay of the event loop').waitFor()
        await picture(tab, `overview-${colorScheme}`)
        await tab.page.getByRole('link', { name: 'Paths' }).click()
        await tab.page.locator('.ribbon.broken').waitFor()
        await until(async () => /KiB\/s/.test(await tab.page.locator('.flow').innerText()), 'something to flow')
        await picture(tab, `paths-${colorScheme}`)
        await tab.page.getByRole('button', { name: 'Steve' }).click()
        await tab.page.getByText(/UNIQUE_ID/).waitFor()
        await picture(tab, `chain-${colorScheme}`)
        await tab.page.keyboard.press('Escape')
        await tab.page.getByRole('link', { name: 'Servers' }).click()
        await tab.page.locator('.motd').waitFor()
        await picture(tab, `servers-${colorScheme}`)
        expect(tab.complaints).toEqual([])
      }
    } finally {
      clearInterval(busy)
    }
  })

  describe.each([
    ['wide and light', 'Seen1', { colorScheme: 'light' }],
    ['wide and dark', 'Seen2', { colorScheme: 'dark' }],
    ['on a phone, dark', 'Seen3', { colorScheme: 'dark', width: 360, height: 740 }],
  ] as const)('%s', (_, name, options) => {
    it('has nothing that axe-core objects to, and never scrolls sideways', async () => {
      await proxy.join(name, '203.0.113.90')
      const tab = running.add(await browser.tab(options))
      await tab.page.goto(proxy.url)
      await tab.page.getByLabel('Key').waitFor()
      expect(await violations(tab)).toEqual([])
      await signIn(tab, proxy.url)
      for (const { title } of VIEWS) {
        await tab.page.getByRole('link', { name: title }).click()
        await tab.page.getByRole('heading', { name: title, level: 1 }).waitFor()
        await tab.page.waitForLoadState('networkidle').catch(() => undefined)
        expect(await violations(tab), title).toEqual([])
        expect(
          await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          title,
        ).toBeLessThanOrEqual(0)
      }
      await tab.page.getByRole('link', { name: 'Sessions' }).click()
      await tab.page.getByRole('button', { name }).click()
      for (const title of ['Way', 'Follow', 'Kick', 'Ban']) {
        await tab.page.getByRole('tab', { name: title }).click()
        expect(await violations(tab), title).toEqual([])
      }
      expect(tab.complaints).toEqual([])
      expect([...tab.asked]).toEqual([new URL(proxy.url).host])
    })
  })
})

const DOCS = join(import.meta.dirname, '../../../docs/dashboard')

/** Those of the documentation are few: some in light, some in dark. */
const KEPT = ['overview-light', 'overview-dark', 'paths-light', 'paths-dark', 'chain-light', 'servers-dark']

async function picture({ page }: Tab, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // A quarter of what a PNG has.
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
  await session.detach()
  const bytes = Buffer.from(data, 'base64')
  expect(bytes.length).toBeGreaterThan(5_000)
  if (process.env.PICTURES && KEPT.includes(name)) writeFileSync(join(DOCS, `${name}.webp`), bytes)
}

/** An evening of a server, by minutes, in the form of `/stats/history`. */
function recordedHour(): readonly object[] {
  const end = Math.floor(Date.now() / 60_000) * 60_000
  return Array.from({ length: 60 }, (_, minute) => {
    const wave = Math.sin(minute / 9) + Math.sin(minute / 3.7) / 3
    const sessions = Math.round(180 + minute * 1.4 + wave * 14)
    return {
      at: new Date(end - (59 - minute) * 60_000).toISOString(),
      sessions,
      connections: sessions + 6,
      logins: Math.round(9 + wave * 4),
      pings: Math.round(70 + wave * 20),
      refusals: { rate_limited: Math.max(0, Math.round(wave * 6)), banned: minute % 7 === 0 ? 2 : 0 },
      bytes_in: sessions * 60 * 1_900,
      bytes_out: Math.round(sessions * 60 * (24_000 + wave * 4_000)),
      event_loop_delay_ms: 11 + ((minute * 7) % 5) + Math.max(0, wave * 4),
    }
  })
}

/** Somebody whom nobody trusts, with a header. */
async function clientWithHeader(port: number): Promise<RawClient> {
  const client = await RawClient.open(port, { from: '127.9.9.9' })
  return client.send(Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\r\n'))
}

/** What axe-core objects to: rule and place. Its script is given by the test, past the policy of the page. */
async function violations({ page }: Tab): Promise<readonly string[]> {
  await page.evaluate(AXE)
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> }
    }
    const { violations: found } = await axe.run()
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    )
  })
}
