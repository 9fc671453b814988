import type { PowerReading, PowerState } from '@infrarust/core/server-power'
import { describe, expect, it } from 'vitest'
import { LastOrder } from '../src/panel/last-order.ts'

const STALE_MS = 25_000

/** What the panel said at which second, and what it means then. */
type Look = readonly [seconds: number, said: PowerState, means: PowerState]

function play(orders: readonly (readonly [seconds: number, order: 'start' | 'stop'])[], looks: readonly Look[]): void {
  const last = new LastOrder(STALE_MS)
  const waiting = [...orders]
  for (const [seconds, said, means] of looks) {
    for (let next = waiting[0]; next !== undefined && next[0] <= seconds; next = waiting[0]) {
      waiting.shift()
      last.given(next[1], next[0] * 1000)
    }
    const reading: PowerReading = { state: said }
    expect([seconds, last.judge(reading, seconds * 1000).state]).toEqual([seconds, means])
  }
}

describe('what a panel says after an order', () => {
  const rows: readonly (readonly [string, Parameters<typeof play>[0], readonly Look[]])[] = [
    [
      'is believed where there was none',
      [],
      [
        [0, 'stopped', 'stopped'],
        [1, 'crashed', 'crashed'],
        [2, 'running', 'running'],
      ],
    ],
    [
      'may be from before a start',
      [[0, 'start']],
      [
        [1, 'stopped', 'starting'],
        [19, 'crashed', 'starting'],
        [21, 'starting', 'starting'],
        [40, 'running', 'running'],
      ],
    ],
    [
      'means that the start has failed when it cannot be old',
      [[0, 'start']],
      [
        [24, 'stopped', 'starting'],
        [25, 'stopped', 'crashed'],
      ],
    ],
    [
      'is a stop by somebody else once the server was seen to run',
      [[0, 'start']],
      [
        [10, 'running', 'running'],
        [3_000, 'stopped', 'stopped'],
      ],
    ],
    [
      'may be from before a stop',
      [[0, 'stop']],
      [
        [1, 'running', 'stopping'],
        [19, 'stopped', 'stopped'],
        [24, 'starting', 'stopping'],
      ],
    ],
    ['means that a stop was not heeded when it cannot be old', [[0, 'stop']], [[25, 'running', 'running']]],
    [
      'may be from before a stop that came before a start',
      [
        [0, 'stop'],
        [5, 'start'],
      ],
      [
        [6, 'running', 'running'],
        [20, 'stopped', 'starting'],
        [31, 'stopped', 'crashed'],
      ],
    ],
    ['is not bettered where it has no word', [[0, 'start']], [[1, 'unknown', 'unknown']]],
  ]
  it.each(rows)('%s', (_title, orders, looks) => play(orders, looks))
})
