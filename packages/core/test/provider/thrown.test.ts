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
