// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is looked at, not what stands in the document
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loginBytes, RawClient, until } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { violations } from '../fixtures/axe.ts'
import { clientAt } from '../fixtures/balanced.ts'
import type { Tab } from '../fixtures/browser.ts'
import { signIn, VIEWS, watchedProxy } from '../fixtures/dashboard.ts'
import { command } from '../fixtures/infrarust-command.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { clientWithHeader, connectionRows, SharedDashboard } from '../fixtures/shared-dashboard.ts'

/** What turns the direction of reading, or has no width. */
const TURNING = /[\u202a-\u202e\u2066-\u2069\u200b]/

const HOSTILE = `<script>alert(8)</script>\u202e\u200b${'q'.repeat(10_000)}`

describe.runIf(havePeers('the looks of the dashboard', 'chromium-headless-shell', 'haproxy'))('the dashboard', () => {
  const running = new Running()
  const dashboard = new SharedDashboard(running)

  describe('with hostile texts', () => {
    const NAMES = ['<b>bold</b>', '<script>x()', '"><img src=x>', 'javascript:1//']

    it('shows names, domains, reasons and MOTDs as the texts that they are', async () => {
      for (const [index, name] of NAMES.entries()) await dashboard.proxy.join(name, `203.0.113.${50 + index}`)
      const stranger = running.raw(await clientAt('203.0.113.60', dashboard.proxy.haproxy.port))
      stranger.send(loginBytes('<img src=x onerror=alert(1)>.example.com', 'Lost'))
      const reason = `<script>alert(1)</script>\u202e${'long '.repeat(2_000)}`
      await command('ban', 'add', '198.51.100.66', '--reason', reason, '--config', dashboard.proxy.config)
      const tab = running.add(await dashboard.browser.tab())
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
      // Words of the proxy itself are shown with the same care.
      await tab.page.route('**/api/v1/attention', (route) =>
        route.fulfill({ json: { data: [{ level: 'warn', kind: HOSTILE, text: HOSTILE }] } }),
      )
      await tab.page.route('**/api/v1/limits', (route) =>
        route.fulfill({
          json: {
            data: {
              limits: { [HOSTILE]: 1 },
              near: [{ limit: HOSTILE, who: HOSTILE, count: 9, max: 10 }],
              refused_clients: [{ client: HOSTILE, reason: HOSTILE, count: 1, last_at: new Date().toISOString() }],
            },
          },
        }),
      )
      await tab.page.route('**/api/v1/stats/history', (route) =>
        route.fulfill({ json: { data: recordedHour().map((minute) => ({ ...minute, refusals: { [HOSTILE]: 1 } })) } }),
      )
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
      await signIn(tab, dashboard.proxy.url, 'sessions')
      const expected = [...NAMES, '<script>alert(7)</script>\\u202e\\u2066zzzzz… (9995 more)']
      const names = async (): Promise<readonly string[]> =>
        (await connectionRows(tab)).map(([name = '']) => name).sort()
      for (const name of expected) {
        await tab.page.getByLabel('Filter').fill(name.slice(0, 16))
        await until(async () => (await names()).join() === name, name)
      }
      await tab.page.getByRole('button', { name: /alert\(7\)/ }).click()
      const drawer = tab.page.getByRole('dialog')
      await drawer.getByText(/dialled at <script>alert\(7\)<\/script>\\u202e/).waitFor()
      expect(await drawer.innerText()).not.toMatch(TURNING)
      await tab.page.keyboard.press('Escape')
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
          text: document.body.innerText,
          isWide: document.documentElement.scrollWidth > innerWidth,
          longest: Math.max(...document.body.innerText.split('\n').map((line) => line.length)),
        }))
        expect(found).toMatchObject({ foreign: 0, isWide: false })
        expect(found.text, view.title).not.toMatch(TURNING)
        expect(found.longest).toBeLessThan(5_000)
      }
      expect(tab.complaints).toEqual([])
      expect([...tab.asked]).toEqual([new URL(dashboard.proxy.url).host])
      await command('ban', 'remove', '198.51.100.66', '--config', dashboard.proxy.config)
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
        const tab = running.add(await dashboard.browser.tab({ colorScheme, width: 1_120, height: 700 }))
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
    ['on a tablet', 'Seen4', { width: 768, height: 900 }],
  ] as const)('%s', (_, name, options) => {
    it('has nothing that axe-core objects to, and never scrolls sideways', async () => {
      await dashboard.proxy.join(name, '203.0.113.90')
      const tab = running.add(await dashboard.browser.tab(options))
      await tab.page.goto(dashboard.proxy.url)
      await tab.page.getByLabel('Key').waitFor()
      expect(await violations(tab)).toEqual([])
      await signIn(tab, dashboard.proxy.url)
      for (const { title } of VIEWS) {
        await tab.page.getByRole('link', { name: title }).click()
        await tab.page.getByRole('heading', { name: title, level: 1 }).waitFor()
        await tab.page.waitForLoadState('networkidle').catch(() => undefined)
        expect(await violations(tab), title).toEqual([])
        expect(
          await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          title,
        ).toBeLessThanOrEqual(0)
        // The log came into view with its end, and the names of the views went out of it.
        expect(await tab.page.evaluate(() => scrollY), title).toBe(0)
        expect(await isInSight(tab, title), title).toBe(true)
      }
      await tab.page.getByRole('link', { name: 'Sessions' }).click()
      // On a tablet the addresses were cut to `203.…`, and there was no server.
      expect(await cutCells(tab, name)).toEqual([])
      await tab.page.getByRole('button', { name }).click()
      for (const title of ['Way', 'Follow', 'Kick', 'Ban']) {
        await tab.page.getByRole('tab', { name: title }).click()
        expect(await violations(tab), title).toEqual([])
      }
      expect(tab.complaints).toEqual([])
      expect([...tab.asked]).toEqual([new URL(dashboard.proxy.url).host])
    })
  })
})

/** Whether the name of a view is there to be seen, from its first letter to its last. */
async function isInSight({ page }: Tab, title: string): Promise<boolean> {
  return page.getByRole('link', { name: title }).evaluate((link) => {
    const { left, right } = link.getBoundingClientRect()
    return left >= 0 && right <= innerWidth
  })
}

/** Texts in the row of a player that have no room; a domain may have none. */
async function cutCells({ page }: Tab, player: string): Promise<readonly string[]> {
  const row = page.getByRole('region', { name: 'Connections' }).locator('tr', { hasText: player })
  return row
    .locator('td:not(.col-domain)')
    .evaluateAll((cells) =>
      cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent ?? ''),
    )
}

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
