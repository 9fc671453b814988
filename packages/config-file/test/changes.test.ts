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
    // Shown short they are alike: the log said that nothing had changed.
    [{ text: `${'x'.repeat(60)}1` }, { text: `${'x'.repeat(60)}2` }, ['text: changed']],
    [{ url: 'tcp://me:one@host' }, { url: 'tcp://me:two@host' }, ['url: changed']],
  ])('%j and %j', (before, after, lines) => expect(changesBetween(before, after, () => false)).toEqual(lines))

  // The log has more readers than the configuration.
  it('is not shown of what is withheld', () => {
    const isWithheld = (path: readonly string[]) => path.join('.') === 'provider.0.options.token'
    const [before, after] = ['one', 'two'].map((token) => ({ provider: [{ use: 'x', options: { token } }] }))
    expect(changesBetween(before, after, isWithheld)).toEqual(['provider[0].options.token: changed'])
  })
})
