import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { AttemptFailure } from '../../src/transport/contract.ts'
import { dialFailure } from '../../src/transport/dial-failure.ts'

const NAMED: Readonly<Record<string, AttemptFailure['cause']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOENT: 'unreachable',
  ENOTDIR: 'unreachable',
  EAGAIN: 'refused',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed_early',
  EPIPE: 'closed_early',
  EMFILE: 'exhausted',
  ENFILE: 'exhausted',
  ENOMEM: 'exhausted',
  ENOBUFS: 'exhausted',
  ENOSPC: 'exhausted',
}

function causeOf(code: string, isConnected: boolean): AttemptFailure['cause'] {
  return dialFailure(0, { kind: 'system-error', code, isConnected }).cause
}

describe('an attempt to dial that failed', () => {
  it.each(Object.keys(constants.errno))('by %s has one cause before the connect and one after it', (code) => {
    expect(causeOf(code, false)).toBe(NAMED[code] ?? 'error')
    expect(causeOf(code, true)).toBe(NAMED[code] === 'exhausted' ? 'exhausted' : 'closed_early')
  })

  it('says what the system said, or what came instead', () => {
    expect([
      dialFailure(0, { kind: 'system-error', code: 'ECONNREFUSED', isConnected: false }),
      dialFailure(1, { kind: 'fin' }),
      dialFailure(2, { kind: 'connect-timeout', afterMs: 5_000 }),
      dialFailure(3, { kind: 'not-an-address' }),
    ]).toEqual([
      { attempt: 0, cause: 'refused', message: 'ECONNREFUSED' },
      { attempt: 1, cause: 'closed_early', message: 'closed before its first byte' },
      { attempt: 2, cause: 'timeout', message: 'no connection after 5s' },
      {
        attempt: 3,
        cause: 'error',
        message: 'what was to be dialled is no IP address with a port, and no Unix socket',
      },
    ])
  })
})
