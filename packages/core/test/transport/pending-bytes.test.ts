import { describe, expect, it, vi } from 'vitest'
import { MOST_PENDING_BYTES } from '../../src/transport/limits.ts'
import { PendingBytes } from '../../src/transport/node/pending-bytes.ts'

const MIB = 1024 * 1024

describe('what waits for peers that do not take it', () => {
  it('makes reads smaller the more there is of it, and never stops them', () => {
    const pending = new PendingBytes()
    expect(pending.readBytes).toBe(256 * 1024)
    pending.change(12 * MIB)
    expect(pending.readBytes).toBe(128 * 1024)
    pending.change(100 * MIB)
    expect(pending.readBytes).toBe(4_096)
    pending.change(-112 * MIB)
    expect(pending.readBytes).toBe(256 * 1024)
  })

  it('ends the answers that have waited longest until it is no more than allowed, and not the newest', () => {
    const pending = new PendingBytes()
    const clients = Array.from({ length: 4 }, () => ({ destroy: vi.fn(() => pending.change(-MOST_PENDING_BYTES / 2)) }))
    for (const client of clients) {
      pending.change(MOST_PENDING_BYTES / 2)
      pending.answerWaits(client)
    }
    expect(clients.map(({ destroy }) => destroy.mock.calls.length)).toEqual([1, 1, 0, 0])
    const large = { destroy: vi.fn() }
    pending.change(3 * MOST_PENDING_BYTES)
    pending.answerWaits(large)
    expect(clients.map(({ destroy }) => destroy.mock.calls.length)).toEqual([1, 1, 1, 1])
    expect(large.destroy).not.toHaveBeenCalled()
  })

  it('leaves alone who has taken his answer meanwhile', () => {
    const pending = new PendingBytes()
    const [reader, mute, newest] = [{ destroy: vi.fn() }, { destroy: vi.fn() }, { destroy: vi.fn() }]
    pending.answerWaits(reader)
    pending.answerWaits(mute)
    pending.answerTaken(reader)
    pending.change(2 * MOST_PENDING_BYTES)
    pending.answerWaits(newest)
    expect([reader, mute, newest].map(({ destroy }) => destroy.mock.calls.length)).toEqual([0, 1, 0])
  })
})
