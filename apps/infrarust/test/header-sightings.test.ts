import type { AccessRecord } from '@infrarust/core'
import { describe, expect, it } from 'vitest'
import { SeenHeaders } from '../src/parts/seen-headers.ts'

function record(peer: string, more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    client: '203.0.113.7',
    client_port: 54_321,
    peer,
    peer_port: 1_024,
    listener: 'main',
    proxy_version: 2,
    proxy_command: 'PROXY',
    bytes_in: 0,
    bytes_out: 0,
    ms: { total: 1 },
    reason: 'client_closed',
    ...more,
  }
}

describe('the headers that came lately', () => {
  it('are counted by listener, peer and kind', () => {
    const seenHeaders = new SeenHeaders()
    for (let time = 0; time < 3; time++) seenHeaders.record(record('10.0.0.2'))
    seenHeaders.record(record('10.0.0.2', { proxy_command: 'LOCAL' }))
    seenHeaders.record(record('10.0.0.2', { listener: 'other' }))
    seenHeaders.record(record('10.0.0.3', { proxy_version: 1, proxy_command: 'UNKNOWN' }))
    const seen = seenHeaders.of('main', []).map(({ peer, header, count }) => `${peer} ${header} ${count}`)
    expect(seen.toSorted()).toEqual(['10.0.0.2 v2 LOCAL 1', '10.0.0.2 v2 PROXY 3', '10.0.0.3 v1 UNKNOWN 1'])
  })

  it('are remembered of the last 256 kinds, whoever floods', () => {
    const seenHeaders = new SeenHeaders()
    for (let host = 0; host < 1_000; host++) seenHeaders.record(record(`10.0.${host >> 8}.${host & 255}`))
    const seen = seenHeaders.of('main', [])
    expect(seen).toHaveLength(256)
    expect(seen.map(({ peer }) => peer)).toContain('10.0.3.231')
  })
})
