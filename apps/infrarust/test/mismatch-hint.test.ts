import type { AccessRecord, Server } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Diagnosis } from '../src/doctor/diagnose.ts'
import { MismatchHint } from '../src/parts/mismatch-hint.ts'

let now = 0
let checks = 0
let hints: Diagnosis[] = []
let verdict: Diagnosis['verdict'] = 'needs_header'
let mismatch: MismatchHint

beforeEach(() => {
  now = 0
  checks = 0
  hints = []
  verdict = 'needs_header'
  mismatch = new MismatchHint({
    serverOf: (id) => (id === 'survival' ? survival() : undefined),
    diagnose: async ({ id }) => {
      checks++
      return { id, verdict, send_proxy_protocol: false, endpoints: [], fix: 'set something' }
    },
    hint: (diagnosis) => hints.push(diagnosis),
    now: () => now,
  })
})

function survival(): Server {
  const values = { domains: ['a.example.com'], addresses: ['127.0.0.1:1'] }
  const validated = validateServer({ key: 'survival', source: 'servers/survival.toml', values }, 'file')
  if (!('server' in validated) || validated.server === undefined) throw new Error('the server is not valid')
  return validated.server
}

/** A connection that was answered with a text: its server was not there, so nothing was dialled. */
const REFUSED: AccessRecord = {
  client: '203.0.113.7',
  client_port: 1,
  peer: '203.0.113.7',
  peer_port: 1,
  listener: 'main',
  server: 'survival',
  bytes_in: 40,
  bytes_out: 0,
  ms: { relay: 3, total: 10 },
  reason: 'server_down',
}
const ENDED: AccessRecord = { ...REFUSED, endpoint: '127.0.0.1:1', reason: 'server_closed' }

async function ended(times: number, changes: Partial<AccessRecord>, record: AccessRecord = ENDED): Promise<void> {
  for (let count = 0; count < times; count++) mismatch.record({ ...record, ...changes })
  // What a check leads to comes in a later turn.
  await new Promise((resolve) => setImmediate(resolve))
}

describe('a server whose connections keep ending at once', () => {
  it.each(['server_closed', 'server_reset', 'server_down'] as const)(
    'is checked after three with %s',
    async (reason) => {
      await ended(2, { reason })
      expect(checks).toBe(0)
      await ended(1, { reason })
      expect(hints).toMatchObject([{ id: 'survival', verdict: 'needs_header' }])
    },
  )
  it('gets one hint, and is not checked again for ten minutes', async () => {
    await ended(30, {})
    expect([checks, hints.length]).toEqual([1, 1])
    now = 600_000
    await ended(3, {})
    expect([checks, hints.length]).toEqual([2, 1])
    now = 1_200_000
    verdict = 'unexpected_header'
    await ended(3, {})
    expect(hints.map((hint) => hint.verdict)).toEqual(['needs_header', 'unexpected_header'])
  })
  it.each(['ok', 'unreachable', 'no_answer'] as const)('gets no hint where the check says %s', async (found) => {
    verdict = found
    await ended(3, {})
    expect([checks, hints.length]).toEqual([1, 0])
  })
})

describe('nobody is checked', () => {
  it.each<[string, Partial<AccessRecord>]>([
    ['for clients that leave', { reason: 'client_closed' }],
    ['for a session that lasted', { ms: { relay: 60_000, total: 60_001 } }],
    ['for a kick with a text', { bytes_out: 200 }],
    ['for a server that is gone', { server: 'gone' }],
  ])('%s', async (_, changes) => {
    await ended(10, changes)
    expect(checks).toBe(0)
  })
  it('for what was never dialled', async () => {
    await ended(10, {}, REFUSED)
    expect(checks).toBe(0)
  })
  it('where a session went well in between', async () => {
    await ended(2, {})
    await ended(1, { reason: 'client_closed', bytes_out: 5_000, ms: { relay: 60_000, total: 60_010 } })
    await ended(2, {})
    expect(checks).toBe(0)
  })
})
