import { loginBytes } from '@infrarust/test-kit'
import { describe, expect, it } from 'vitest'
import { violations } from '../fixtures/axe.ts'
import { clientAt } from '../fixtures/balanced.ts'
import { READ_KEY, signIn, WEB_KEY, watchedProxy } from '../fixtures/dashboard.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'
import { SharedDashboard } from '../fixtures/shared-dashboard.ts'

describe.runIf(havePeers('signing in to the dashboard', 'chromium-headless-shell', 'haproxy'))('the dashboard', () => {
  const running = new Running()
  const dashboard = new SharedDashboard(running)

  it('signs in by a link, once, and keeps nothing of it in the address', async () => {
    const { url } = await dashboard.proxy.json<{ url: string }>('web', 'login')
    const tab = running.add(await dashboard.browser.tab())
    await tab.page.goto(url)
    await tab.page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(tab.page.url()).not.toContain('ticket')
    expect(await tab.page.evaluate(() => document.cookie)).toBe('')

    const late = running.add(await dashboard.browser.tab())
    await late.page.goto(url)
    await late.page.getByText(/this link was used already/).waitFor()
    expect(await late.page.getByRole('navigation').count()).toBe(0)
  })

  it('does not let a wrong key in, and says so', async () => {
    const tab = running.add(await dashboard.browser.tab())
    await tab.page.goto(dashboard.proxy.url)
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
    await dashboard.proxy.join('Looked', '203.0.113.41')
    const tab = running.add(await dashboard.browser.tab())
    await signIn(tab, dashboard.proxy.url, 'servers', READ_KEY)
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

  it('comes back by itself when the proxy was restarted', async () => {
    const own = await watchedProxy(running)
    const tab = running.add(await dashboard.browser.tab())
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
})
