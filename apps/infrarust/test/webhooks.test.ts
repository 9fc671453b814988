import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { folderWith, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProxyEvent } from '../src/events/proxy-event.ts'
import { Delivery } from '../src/webhook/delivery.ts'
import { bodyOf } from '../src/webhook/message.ts'
import type { WebhookConfig } from '../src/webhook/webhook-keys.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const FAST = { tryMs: 2_000, firstPauseMs: 1, longestPauseMs: 5 }

const JOIN: ProxyEvent = {
  kind: 'player.join',
  at: '2026-01-01T12:34:56.000Z',
  id: 1,
  listener: '0.0.0.0:25565',
  client: '203.0.113.7',
  peer: '2001:db8::7',
  player: 'Notch',
  server: 'a',
  endpoint: '10.0.0.5:25565',
}

function webhook(changes: Partial<WebhookConfig> = {}): WebhookConfig {
  return { url: undefined, events: ['player.join'], secret: undefined, format: 'json', hasAddresses: false, ...changes }
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** @param answer what it answers each request with: a status */
async function receiver(
  answer: (count: number, response: ServerResponse) => void = (_, response) => void response.end(),
) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: (await request.toArray()).join('') })
    answer(received.length, response)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=secret`, received }
}

function delivery(url: string, changes: Partial<WebhookConfig> = {}) {
  const complaints: string[] = []
  const made = new Delivery({
    url,
    webhook: webhook(changes),
    complain: (message) => complaints.push(message),
    timings: FAST,
  })
  onTestFinished(() => made.end(0))
  return { made, complaints }
}

describe('a webhook', { timeout: 60_000 }, () => {
  it('is sent each event once, in order, signed with its time', async () => {
    const { url, received } = await receiver()
    const { made } = delivery(url, { secret: 'shared' })
    for (const player of ['A', 'B', 'C']) made.add({ ...JOIN, player })
    await until(() => received.length === 3, 'all have come')
    expect(received.map(({ body }) => JSON.parse(body).player)).toEqual(['A', 'B', 'C'])
    for (const { headers, body } of received) {
      const time = headers['x-infrarust-timestamp']
      const expected = createHmac('sha256', 'shared').update(`${time}.${body}`).digest('hex')
      expect(headers['x-infrarust-signature']).toBe(`sha256=${expected}`)
      expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(60)
    }
  })

  it('is tried again while its receiver is down or busy, and keeps the order', async () => {
    const { url, received } = await receiver((count, response) => {
      response.statusCode = count <= 2 ? 503 : count === 3 ? 429 : 204
      response.end()
    })
    const { made, complaints } = delivery(url)
    made.add({ ...JOIN, player: 'A' })
    made.add({ ...JOIN, player: 'B' })
    await until(() => received.length === 5, 'both have come')
    expect(received.map(({ body }) => JSON.parse(body).player)).toEqual(['A', 'A', 'A', 'A', 'B'])
    expect(complaints).toEqual([])
  })

  it('that refuses an event is not asked again, and the next says how many are missing', async () => {
    const { url, received } = await receiver((count, response) => {
      response.statusCode = count === 1 ? 404 : 200
      response.end()
    })
    const { made, complaints } = delivery(url)
    made.add({ ...JOIN, player: 'A' })
    made.add({ ...JOIN, player: 'B' })
    await until(() => received.length === 2, 'the second has come')
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({ player: 'B', missed: 1 })
    // The address may hold a secret.
    expect(complaints).toEqual([`the webhook at ${new URL(url).origin} did not take an event: it answers 404`])
  })

  // For half an hour nobody learned that it was asked in vain.
  it('that takes nothing is told of while it is still asked', async () => {
    const { url } = await receiver((_, response) => {
      response.statusCode = 503
      response.end()
    })
    const { made, complaints } = delivery(url)
    made.add(JOIN)
    await until(() => complaints.length === 2, 'it is told of twice')
    const who = `the webhook at ${new URL(url).origin}`
    expect(complaints).toEqual([
      `${who} has not taken an event yet, and is asked again: it answers 503`,
      `${who} did not take an event: it answers 503`,
    ])
  })

  it('is not followed to where it redirects', async () => {
    const other = await receiver()
    const { url, received } = await receiver(
      (_, response) => void response.writeHead(307, { location: other.url }).end(),
    )
    const { made, complaints } = delivery(url)
    made.add(JOIN)
    await until(() => complaints.length === 1, 'it is given up')
    expect([received.length, other.received.length]).toEqual([1, 0])
  })

  it('that takes nothing has a bounded number wait, the latest of them', async () => {
    const held: ServerResponse[] = []
    const { url, received } = await receiver((_, response) => void held.push(response))
    const { made } = delivery(url)
    made.add({ ...JOIN, id: 0 })
    await until(() => held.length === 1, 'the first is under way')
    for (let id = 1; id <= 1_500; id++) made.add({ ...JOIN, id })
    held[0]?.end()
    await until(() => received.length === 2, 'the next has come')
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({ id: 501, missed: 500 })
  })

  it.each<[ProxyEvent, readonly string[]]>([
    [JOIN, ['203.0.113.7', '2001:db8::7']],
    [
      {
        ...JOIN,
        kind: 'header.mismatch',
        fault: 'no PROXY header from 203.0.113.7:1234 (2001:db8::7), nor [2001:db8::8]:9: none',
      },
      ['203.0.113.7', '2001:db8::7', '2001:db8::8'],
    ],
    [
      {
        kind: 'ban.created',
        at: JOIN.at,
        target: { type: 'cidr', value: '203.0.113.0/24' },
        reason: 'came from ::ffff:203.0.113.9 and 198.51.100.3/32',
        source: '192.0.2.4',
        created_at: 1,
        expires_at: null,
      },
      ['203.0.113', '198.51.100', '192.0.2'],
    ],
    [
      {
        kind: 'config.reload',
        at: JOIN.at,
        ok: true,
        changes: ['ip_filter.blacklist added 203.0.113.7'],
        problems: [],
      },
      ['203.0.113.7'],
    ],
    // Each of these was sent as it is.
    [
      {
        ...JOIN,
        kind: 'header.mismatch',
        fault:
          'from 2001:db8::9. And 2001:db8::8... _203.0.113.6_ again...203.0.113.5, at 12:30:45:203.0.113.4, ' +
          '/2001:db8:0:0:0:0:0:3:25565, 203.0.113.007, _2001:db8:2::1_',
      },
      ['203.0.113', '2001:db8'],
    ],
  ])('shows no address of a player unless it is to: %j', (event, addresses) => {
    for (const format of ['json', 'discord'] as const) {
      const body = bodyOf(event, 0, webhook({ format }))
      for (const address of addresses) expect(body).not.toContain(address)
    }
    const whole = bodyOf(event, 0, webhook({ hasAddresses: true }))
    for (const address of addresses) expect(whole).toContain(address)
    expect(JSON.parse(bodyOf(event, 0, webhook())).at).toBe(JOIN.at)
  })

  it('is told times and names with colons as they are', () => {
    const reason = 'std::string since 12:30:45 (a:b, 1.21.4)'
    const event: ProxyEvent = { ...JOIN, kind: 'header.mismatch', fault: reason }
    expect(JSON.parse(bodyOf(event, 0, webhook()))).toMatchObject({ fault: reason })
  })

  it('of Discord mentions nobody, and names format nothing', () => {
    const body: unknown = JSON.parse(
      bodyOf(
        { ...JOIN, player: '@everyone **x** `y` [z](https://e.example)\u202e' },
        0,
        webhook({ format: 'discord' }),
      ),
    )
    expect(body).toEqual({
      content: String.raw`**\@everyone \*\*x\*\* \`y\` \[z\]\(https\://e.example\)\\u\{202e}** joined a`.replace(
        String.raw`\\u\{202e}`,
        String.raw`\\u{202e}`,
      ),
      allowed_mentions: { parse: [] },
    })
    const long = JSON.parse(bodyOf({ ...JOIN, player: 'x'.repeat(10_000) }, 0, webhook({ format: 'discord' })))
    expect(long.content.length).toBeLessThanOrEqual(2_000)
    for (const player of ['😀'.repeat(2_000), `x${'😀'.repeat(2_000)}`]) {
      const { content } = JSON.parse(bodyOf({ ...JOIN, player }, 0, webhook({ format: 'discord' })))
      expect(content.isWellFormed()).toBe(true)
    }
  })

  it('is told by a proxy what happens, also what has changed in the configuration', async () => {
    const { url, received } = await receiver()
    const folder = folderWith({
      'infrarust.toml': `[log]\nformat = "json"\nlevel = "debug"\n[[webhook]]\nurl = "${url}"\n`,
    })
    await new Running(folder).logged('commands are taken')
    await finish(['ban', 'add', '203.0.113.7', '--reason', 'griefing'], '', { cwd: folder })
    await until(() => received.length > 0, 'it is told')
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ kind: 'ban.created', reason: 'griefing' })
  })
})
