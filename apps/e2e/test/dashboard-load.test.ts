import { readFileSync } from 'node:fs'
import { Child, freePort, isListening, loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { IS_LONG } from '@infrarust/test-kit/suite'
import { afterEach, describe, expect, it } from 'vitest'
import { type Tab, TestBrowser } from '../fixtures/browser.ts'
import { signIn, WEB_KEY } from '../fixtures/dashboard.ts'
import { Infrarust } from '../fixtures/infrarust.ts'
import { processorMsOf } from '../fixtures/process-use.ts'
import { havePeers } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const running = new Running()
afterEach(() => running.stopAll())

/** A session takes two descriptors of the proxy; some are for the proxy itself. */
const MOST_SESSIONS = Math.floor((descriptorLimit() - 300) / 2)
const SESSIONS = Math.min(IS_LONG ? 10_000 : 1_500, MOST_SESSIONS)
const AT_ONCE = 100
/** The machine of somebody who looks is not the one that the page was written on. */
const SLOWER = 4

/** Connections of players a second, each of which is four events. */
const LOGINS_A_SECOND = IS_LONG ? 250 : 60
/** Their delays are told every five seconds. */
const TICKS = IS_LONG ? 6 : 2
const BURST_MS = 40

const DOMAIN = 'a.example.com'
/** Answers the first bytes with one word, in a process of its own: the descriptors of one would not do for both ends. */
const BACKEND = `require('net').createServer((socket) => socket.on('error', () => {}).once('data', () => socket.write('hello'))).listen(Number(process.argv[1]), '127.0.0.1')`

interface Watched {
  readonly infrarust: Infrarust
  readonly url: string
}

async function watched(backendPort: number): Promise<Watched> {
  const webPort = await freePort()
  const infrarust = running.add(
    await Infrarust.start({
      toml: `max_connections = ${MOST_SESSIONS}\n[web]\nbind = "127.0.0.1:${webPort}"\napi_key = "${WEB_KEY}"\nrate_limit = { requests_per_minute = 0 }\n`,
      servers: { s: `domains = ["${DOMAIN}"]\naddresses = ["127.0.0.1:${backendPort}"]\n` },
    }),
  )
  await until(() => isListening(webPort), 'the API to be served')
  return { infrarust, url: `http://127.0.0.1:${webPort}/` }
}

async function join(port: number, name: string): Promise<RawClient> {
  const client = await RawClient.open(port)
  client.send(loginBytes(DOMAIN, name))
  await client.receives('hello')
  return client
}

describe.runIf(havePeers('the dashboard in a browser', 'chromium-headless-shell'))('a page with many sessions', () => {
  it('scrolls, filters and sorts without a stutter, and costs the proxy next to nothing', {
    timeout: 600_000,
  }, async () => {
    const backendPort = await freePort()
    const backend = running.add(new Child(process.execPath, ['-e', BACKEND, String(backendPort)]))
    await backend.ready(() => isListening(backendPort), 'the backend to listen')
    const { infrarust, url } = await watched(backendPort)
    for (let count = 0; count < SESSIONS; count += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, SESSIONS - count) }, (_, at) =>
        join(infrarust.port, `P${count + at}`),
      )
      for (const client of await Promise.all(batch)) running.raw(client)
    }

    const browser = running.add(await TestBrowser.start())
    const tab = running.add(await browser.tab())
    const fetched: number[] = []
    tab.page.on('response', (response) => {
      if (response.url().endsWith('/api/v1/connections')) fetched.push(performance.now())
    })
    await signIn(tab, url, 'sessions')
    await tab.page.getByText(`${SESSIONS.toLocaleString('en')} connections`).waitFor()

    const { share, longest } = await quietest(tab, 0.5, () => lookThrough(tab))
    const processor = await tab.page.context().newCDPSession(tab.page)
    await processor.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    const slow = await quietest(tab, 0.7, () => scrollDown(tab))
    await processor.detach()

    // From one fetch to the next but one: what the page costs the proxy, of one processor.
    const seen = fetched.length
    const before = { at: performance.now(), used: processorMsOf(infrarust.child.pid) }
    await until(
      () => fetched.length >= seen + 2,
      'two more fetches',
      () => '',
      120_000,
    )
    const cost = (processorMsOf(infrarust.child.pid) - before.used) / (performance.now() - before.at)
    const pause = (fetched.at(-1) ?? 0) - (fetched.at(-2) ?? 0)
    process.stdout.write(
      `${SESSIONS} sessions: long tasks ${Math.round(share * 100)} % of the time, the longest ${Math.round(longest)} ms; ` +
        `scrolled on a processor ${SLOWER} times slower ${Math.round(slow.share * 100)} %; ` +
        `fetched every ${Math.round(pause / 1_000)} s, ${(cost * 100).toFixed(1)} % of a processor of the proxy\n`,
    )
    // Of all the time in which somebody scrolls, filters and sorts.
    expect(share).toBeLessThan(0.5)
    expect(slow.share).toBeLessThan(0.7)
    expect(cost).toBeLessThan(0.1)
    // However many there are: a thousand in three seconds at most.
    expect(SESSIONS * 3_000).toBeLessThanOrEqual(pause * 1_100)
    expect(tab.complaints).toEqual([])
  })
})

describe('a subscriber to every event', () => {
  it('makes the event loop wait no longer than the same players without it', { timeout: 600_000 }, async () => {
    const backend = running.add(await RawBackend.start({ onConnection: (socket) => void socket.write('hello') }))
    const { infrarust, url } = await watched(backend.port)
    const delays: number[] = []
    await follow(url, 'stats.tick', ({ event_loop_delay_ms: delay }) => {
      if (typeof delay === 'number') delays.push(delay)
    })
    const events = { count: 0, missed: 0 }
    const play = async (): Promise<number> => {
      const from = delays.length
      const stop = players(infrarust.port)
      // The first tick is half without players.
      await until(
        () => delays.length > from + TICKS,
        'the ticks',
        () => '',
        120_000,
      )
      await stop()
      return median(delays.slice(from + 1))
    }
    await play() // warm
    // Looked at again where it is too slow: the neighbours of this machine have come in between, or it stays so.
    let ratio = Number.POSITIVE_INFINITY
    let rate = 0
    for (let looks = 0; looks < 3 && ratio >= 2; looks++) {
      const alone = await play()
      const end = await follow(url, undefined, ({ kind, events: missed }) => {
        if (kind === 'missed') events.missed += Number(missed)
        else events.count++
      })
      const [first, began] = [events.count, performance.now()]
      const told = await play()
      rate = ((events.count - first) * 1_000) / (performance.now() - began)
      end()
      ratio = Math.min(ratio, told / alone)
      process.stdout.write(
        `${Math.round(rate)} events a second: event loop ${alone} ms without, ${told} ms with a subscriber\n`,
      )
    }
    expect(ratio).toBeLessThan(2)
    expect(rate).toBeGreaterThan(LOGINS_A_SECOND)
    expect(events.missed).toBe(0)
  })
})

/** Players who come and go; what it returns ends that, and resolves when all have gone. */
function players(port: number): () => Promise<void> {
  const under: Set<Promise<void>> = new Set()
  let count = 0
  const visit = async (): Promise<void> => {
    const client = await join(port, `P${count++}`)
    client.destroy()
  }
  const timer = setInterval(() => {
    // A machine that is slower than that gets fewer, and no heap of them.
    for (let at = 0; at < (LOGINS_A_SECOND * BURST_MS) / 1_000 && under.size < LOGINS_A_SECOND; at++) {
      const one: Promise<void> = visit().finally(() => under.delete(one))
      under.add(one)
    }
  }, BURST_MS)
  return async () => {
    clearInterval(timer)
    await Promise.all(under)
  }
}

/** Reads events until it is ended. */
async function follow(
  url: string,
  types: string | undefined,
  take: (event: Readonly<Record<string, unknown>>) => void,
): Promise<() => void> {
  const gone = new AbortController()
  running.add({ stop: async () => gone.abort() })
  const query = types === undefined ? '' : `?types=${types}`
  const { body } = await fetch(`${url}api/v1/events${query}`, {
    headers: { authorization: `Bearer ${WEB_KEY}` },
    signal: gone.signal,
  })
  const read = async (): Promise<void> => {
    let rest = ''
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + piece).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, data] = /^data: (.*)$/m.exec(block) ?? []
        if (data !== undefined) take(JSON.parse(data))
      }
    }
  }
  // Aborting it is how a reader leaves.
  read().catch(() => {})
  return () => gone.abort()
}

/** Goes through all rows, looks for one, and sorts them. */
async function lookThrough({ page }: Tab): Promise<void> {
  const table = page.getByRole('region', { name: 'Connections' })
  const steps = 100
  for (let step = 0; step <= steps; step++) {
    await table.evaluate((box, part) => box.scrollTo(0, box.scrollHeight * part), step / steps)
    await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(await table.locator('tbody tr:not(.space)').count()).toBeGreaterThan(0)
  }
  await page.getByLabel('Filter').fill('player:p77')
  await page.getByRole('button', { name: 'P77', exact: true }).waitFor()
  await page.getByLabel('Filter').fill('')
  await table.getByRole('button', { name: 'Player', exact: true }).click()
}

/** Down by wheel, each frame some rows. */
async function scrollDown({ page }: Tab): Promise<void> {
  const table = page.getByRole('region', { name: 'Connections' })
  await table.evaluate(async (box) => {
    for (let frame = 0; frame < 150; frame++) {
      box.scrollTo(0, frame * 90)
      await new Promise(requestAnimationFrame)
    }
  })
  expect(await table.locator('tbody tr:not(.space)').count()).toBeGreaterThan(0)
}

/** Looked at again where it is too slow: the neighbours of this machine have come in between, or it stays so. */
async function quietest(
  tab: Tab,
  bound: number,
  look: () => Promise<void>,
): Promise<{ readonly longest: number; readonly share: number }> {
  let best = { longest: 0, share: Number.POSITIVE_INFINITY }
  for (let looks = 0; looks < 3 && best.share >= bound; looks++) {
    await watchLongTasks(tab)
    await look()
    const found = await longTasks(tab)
    if (found.share < best.share) best = found
  }
  return best
}

async function watchLongTasks({ page }: Tab): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
    Object.assign(globalThis, { longTasks: { tasks, since: performance.now() } })
  })
}

/** Tasks of 50 ms and more since then. @see https://w3c.github.io/longtasks/ */
async function longTasks({ page }: Tab): Promise<{ readonly longest: number; readonly share: number }> {
  return await page.evaluate(() => {
    const { tasks, since } = (globalThis as unknown as { longTasks: { tasks: readonly number[]; since: number } })
      .longTasks
    const sum = tasks.reduce((all, each) => all + each, 0)
    return { longest: Math.max(0, ...tasks), share: sum / (performance.now() - since) }
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** @see proc_pid_limits(5) */
function descriptorLimit(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024)
}
