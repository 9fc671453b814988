import { describe, expect, it } from 'vitest'
import { changesBetween } from '../src/changes.ts'

describe('what changed between two versions', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, ['a: 1 → 2']],
    [{}, { log: { level: 'debug' } }, ['log.level: not set → "debug"']],
    [{ log: { level: 'debug' } }, {}, ['log.level: "debug" → not set']],
    [
      { trusted: ['10.0.0.0/8'] },
      { trusted: ['10.0.0.0/8', '::1'] },
      ['trusted: ["10.0.0.0/8"] → ["10.0.0.0/8", "::1"]'],
    ],
    [
      { listener: [{ bind: 'a' }] },
      { listener: [{ bind: 'b' }, { bind: 'c' }] },
      ['listener[0].bind: "a" → "b"', 'listener[1].bind: not set → "c"'],
    ],
  ])('%j and %j', (before, after, lines) => expect(changesBetween(before, after)).toEqual(lines))
})
