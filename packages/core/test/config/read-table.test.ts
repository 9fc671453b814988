import { describe, expect, it } from 'vitest'
import { type KeyTable, keyTable, readLabels, readTable, text } from '../../src/entries/provider.ts'

interface Texts {
  readonly kick: string | undefined
  readonly status: string | undefined
}

interface Whole {
  readonly banned: Texts
  readonly docker: { readonly network: string | undefined } | undefined
}

const line = {
  kind: 'key',
  from: 'anyone',
  type: text({ maxLength: 9 }),
  default: undefined,
  absent: 'none',
  example: 'x',
} as const
const texts: KeyTable<Texts> = keyTable<Texts>({
  kick: { ...line, name: 'kick', description: 'A.', reload: 'live' },
  status: { ...line, name: 'status', description: 'B.', reload: 'live' },
})
const both = { type: text({ maxLength: 9 }), expand: (value: unknown) => ({ kick: value, status: value }) }
const whole: KeyTable<Whole> = keyTable<Whole>({
  banned: { kind: 'table', name: 'banned', description: 'C.', table: texts, short: both },
  docker: {
    kind: 'table',
    name: 'docker',
    description: 'D.',
    isOptional: true,
    table: keyTable({ network: { ...line, name: 'network', description: 'E.', reload: 'live' } }),
  },
})

describe('a table with a short form', () => {
  it('is written long or short, in a file and as a label', () => {
    const expected = { banned: { kick: 'No.', status: 'No.' }, docker: undefined }
    expect(readTable(whole, { banned: 'No.' })).toEqual({ value: expected, problems: [], warnings: [] })
    expect(readTable(whole, { banned: { kick: 'No.', status: 'No.' } }).value).toEqual(expected)
    const { values, faults } = readLabels(whole, [['banned', 'No.']])
    expect(faults).toEqual([])
    expect(readTable(whole, values).value).toEqual(expected)
  })
  it('may be written both ways in labels: the key wins, in whatever order they come', () => {
    const labels: [string, string][] = [
      ['banned.kick', 'Out.'],
      ['banned', 'No.'],
    ]
    for (const order of [labels, labels.toReversed()])
      expect(readLabels(whole, order).values).toEqual({ banned: { kick: 'Out.', status: 'No.' } })
  })
  it('refuses what is neither', () => {
    expect(readTable(whole, { banned: 7 }).problems).toEqual([
      { path: ['banned'], message: 'banned is 7; write a table: [banned]' },
    ])
    expect(readLabels(whole, [['banned', 'much too long']]).faults).toHaveLength(1)
  })
})

describe('a table that may be absent', () => {
  it('tells an empty one from none', () => {
    expect(readTable(whole, {}).value.docker).toBeUndefined()
    expect(readTable(whole, { docker: {} }).value.docker).toEqual({ network: undefined })
  })
})

describe('a key that is absent', () => {
  it('takes the inherited field, else the default', () => {
    const inherited = { banned: { kick: 'Old.', status: 'Old.' } }
    expect(readTable(whole, { banned: { kick: 'New.' } }, inherited).value.banned).toEqual({
      kick: 'New.',
      status: 'Old.',
    })
  })
})
