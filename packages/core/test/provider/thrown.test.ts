import { describe, expect, it } from 'vitest'
import { thrownStack, thrownText } from '../../src/entries/provider.ts'

const THROWS = new Proxy(
  { secret: 1 },
  {
    get() {
      throw 'get'
    },
    getPrototypeOf() {
      throw 'getPrototypeOf'
    },
    getOwnPropertyDescriptor() {
      throw 'getOwnPropertyDescriptor'
    },
    ownKeys() {
      throw 'ownKeys'
    },
  },
)
const revoked = Proxy.revocable({}, {})
revoked.revoke()

function errorWith(name: string, descriptor: PropertyDescriptor): Error {
  return Object.defineProperty(new Error('why'), name, descriptor)
}
/** Makes another error each time it is asked. */
function endlessCause(number: number): Error {
  return Object.defineProperty(new Error(`cause ${number}`), 'cause', { get: () => endlessCause(number + 1) })
}
const getter: PropertyDescriptor = {
  get() {
    throw 'getter'
  },
}

describe('what somebody else’s code has thrown', () => {
  it('is one line, whatever it is', () => {
    // A loop, for the titles of a table would be made of the values.
    const rows: readonly (readonly [unknown, unknown])[] = [
      ['a text', 'a text'],
      ['two\r\n  lines\n', 'two lines'],
      ['', ''],
      [undefined, 'undefined'],
      [null, 'null'],
      [0, '0'],
      [5n, '5n'],
      [Symbol('s'), 'Symbol(s)'],
      [{ code: 1, inner: { deep: { deeper: 1 } } }, '{ code: 1, inner: { deep: [Object] } }'],
      [Object.freeze({}), '{}'],
      [Object.create(null), '[Object: null prototype] {}'],
      [{ toString: () => 1, [Symbol.toPrimitive]: 1 }, expect.stringContaining('toString')],
      [() => {}, '[Function (anonymous)]'],
      [THROWS, '{ secret: 1 }'],
      [revoked.proxy, '<Revoked Proxy>'],
      [new TypeError('why'), 'why'],
      [new TypeError(''), 'TypeError'],
      [new DOMException('aborted', 'AbortError'), 'aborted'],
      [errorWith('message', getter), 'Error'],
      [errorWith('message', { value: { a: 1 } }), 'Error'],
      [errorWith('stack', getter), 'why'],
      [Object.create(THROWS), expect.any(String)],
    ]
    for (const [thrown, text] of rows) {
      expect(thrownText(thrown)).toEqual(text)
      expect(thrownText(thrown)).not.toMatch(/[\r\n]/)
      expect(typeof thrownStack(thrown)).toBe('string')
    }
  })

  it('is followed to what caused it in the end', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:1')
    const rows: readonly (readonly [unknown, unknown])[] = [
      [new TypeError('fetch failed', { cause: refused }), 'fetch failed: connect ECONNREFUSED 127.0.0.1:1'],
      [
        new Error('no list', { cause: new TypeError('fetch failed', { cause: 'a text\nof two' }) }),
        'no list: fetch failed: a text of two',
      ],
      // Some wrap an error and quote it as well.
      [new Error(`no list: ${refused.message}`, { cause: refused }), 'no list: connect ECONNREFUSED 127.0.0.1:1'],
      [new AggregateError([refused, new Error('other')]), 'AggregateError: connect ECONNREFUSED 127.0.0.1:1'],
      [new Error('why', { cause: undefined }), 'why'],
      [new Error('why', { cause: null }), 'why'],
      [errorWith('cause', getter), 'why'],
      [errorWith('errors', { value: THROWS }), 'why'],
      [new Error('why', { cause: THROWS }), 'why: { secret: 1 }'],
    ]
    for (const [thrown, text] of rows) expect(thrownText(thrown)).toEqual(text)
    const loop = new Error('round')
    loop.cause = new Error('and round', { cause: loop })
    expect(thrownText(loop)).toBe('round: and round')
    const endless = errorWith('cause', { get: () => endlessCause(1) })
    expect(thrownText(endless).length).toBeLessThan(2_000)
    let chain = new Error('the end')
    for (let link = 30; link > 0; link--) chain = new Error(`link ${link}`, { cause: chain })
    expect(thrownText(chain)).toBe('link 1: link 2: link 3: link 4: link 5: …: the end')
    expect(thrownText(new Error('x'.repeat(5_000), { cause: new Error('the end') }))).toMatch(/x…: the end$/)
  })

  it('is bounded', () => {
    expect(thrownText('x'.repeat(100_000_000)).length).toBeLessThan(2_000)
    expect(thrownText({ list: Array.from({ length: 10_000 }, () => 'x'.repeat(100)) }).length).toBeLessThan(2_000)
  })

  it('has the stack of an error alone', () => {
    expect(thrownStack(new Error('why'))).toContain('thrown.test')
    for (const thrown of ['text', THROWS, errorWith('stack', getter), errorWith('stack', { value: 1 })])
      expect(thrownStack(thrown)).toBe('')
  })
})
