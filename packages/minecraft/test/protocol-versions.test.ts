import { describe, expect, it } from 'vitest'
import { isSnapshot, NEWEST_PROTOCOL_VERSION, PROTOCOL_VERSIONS, protocolVersionName } from '../src/index.ts'

describe('the table of protocol versions', () => {
  it('ascends, without a number twice', () => {
    expect([...new Set(PROTOCOL_VERSIONS)].sort((left, right) => left - right)).toEqual(PROTOCOL_VERSIONS)
    expect(PROTOCOL_VERSIONS[0]).toBe(4)
    expect(PROTOCOL_VERSIONS.at(-1)).toBe(NEWEST_PROTOCOL_VERSION)
  })

  it('names the releases', () => {
    expect(protocolVersionName(47)).toBe('1.8–1.8.9')
    expect(protocolVersionName(764)).toBe('1.20.2')
    expect(protocolVersionName(765)).toBe('1.20.3–1.20.4')
    for (const unknown of [-1, 0, 46, 1000, 0x40000000 | 1]) expect(protocolVersionName(unknown)).toBeUndefined()
  })

  it('tells snapshots by their bit', () => {
    expect(isSnapshot(0x40000000 | 200)).toBe(true)
    for (const release of [...PROTOCOL_VERSIONS, -1, 0]) expect(isSnapshot(release)).toBe(false)
  })
})
