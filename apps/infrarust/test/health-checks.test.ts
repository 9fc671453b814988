import type { AccessRecord, ListenerConfig } from '@infrarust/core'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import { logAccess } from '../src/log/access.ts'
import { HealthChecks } from '../src/parts/health-checks.ts'

const LISTENER: ListenerConfig = {
  name: 'main',
  host: '0.0.0.0',
  port: 25565,
  proxyProtocol: {
    mode: 'required',
    trusted: [{ family: 'ipv4', address: '10.0.0.0', prefix: 24 }, { hostName: 'lb.test' }],
    trustedFile: '/lists/lb.txt',
    timeoutMs: 5_000,
    maxHeaderBytes: 536,
    versions: [1, 2],
  },
}

/** What the name and the file of that listener stand for. */
const PEERS = {
  isOfHost: (host: string, address: string) => host === 'lb.test' && address === '192.0.2.41',
  isInFile: (path: string, address: string) => path === '/lists/lb.txt' && address === '192.0.2.42',
}

function check(peer: string, more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    client: peer,
    client_port: 1,
    peer,
    peer_port: 1,
    listener: 'main',
    proxy_version: 2,
    proxy_command: 'LOCAL',
    bytes_in: 0,
    bytes_out: 0,
    ms: { total: 1 },
    reason: 'client_closed',
    ...more,
  }
}

function logged(level = 'info'): { readonly lines: Record<string, unknown>[]; readonly logger: pino.Logger } {
  const lines: Record<string, unknown>[] = []
  return { lines, logger: pino({ level }, { write: (line: string) => lines.push(JSON.parse(line)) }) }
}

it('a health check that asks nothing is a line of level debug, one that asks for a status an ordinary one', () => {
  const { lines, logger } = logged('debug')
  logAccess(logger, check('10.0.0.2'), undefined)
  logAccess(logger, check('10.0.0.2', { proxy_command: 'UNKNOWN', proxy_version: 1 }), undefined)
  logAccess(logger, check('10.0.0.2', { intent: 'status', reason: 'answered' }), undefined)
  logAccess(logger, check('10.0.0.2', { proxy_command: 'PROXY' }), undefined)
  expect(lines.map(({ level }) => level)).toEqual([20, 20, 30, 30])
})

// A scan behind such a header was in no log of level info, and neither was a second header.
it.each(['bad_handshake', 'overrun', 'proxy_protocol'] as const)(
  'who says something else behind LOCAL is no health check: %s',
  (reason) => {
    const { lines, logger } = logged('debug')
    logAccess(logger, check('10.0.0.2', { reason }), undefined)
    expect(lines.map(({ level }) => level)).toEqual([30])
  },
)

it('a peer that nobody trusts and that sends many of them is named once a minute', () => {
  vi.useFakeTimers({ now: 0 })
  try {
    const { lines, logger } = logged()
    const checks = new HealthChecks({ listeners: [LISTENER], log: { addresses: 'full' } }, PEERS, logger)
    for (let count = 0; count < 200; count++) {
      checks.record(check('192.0.2.9'))
      checks.record(check('10.0.0.2'))
      checks.record(check('192.0.2.41'))
      checks.record(check('192.0.2.42'))
      checks.record(check('192.0.2.10', { intent: 'status' }))
    }
    for (let count = 0; count < 60; count++) checks.record(check('192.0.2.11'))
    expect(lines.map(({ peer }) => peer)).toEqual(['192.0.2.9'])
    vi.advanceTimersByTime(60_000)
    for (let count = 0; count < 200; count++) checks.record(check('192.0.2.9'))
    expect(lines).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})
