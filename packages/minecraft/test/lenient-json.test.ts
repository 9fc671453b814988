import { describe, expect, it } from 'vitest'
import { decodeStatusJson, parseStatusJson } from '../src/index.ts'

const HELLO = { description: 'hello', players: { max: 20, online: 3 } }

describe('a status that is no strict JSON', () => {
  // Clients read each of these, and the proxy called the server down.
  it.each([
    ['comments', '{/* a */"description":"hello",// b\n"players":{"max":20,"online":3}# c\n}'],
    ['commas too many', '{"description":"hello","players":{"max":20,"online":3,},}'],
    ['single quotes', `{'description':'hello','players':{'max':20,'online':3}}`],
    ['no quotes', '{description:hello,players:{max:20,online:3}}'],
    ['other separators', '{"description"="hello";"players"=>{"max":20;"online":3}}'],
    ['a byte order mark', `\uFEFF${JSON.stringify(HELLO)}`],
    ['something behind it', `${JSON.stringify(HELLO)}\0more`],
  ])('is read with %s', (_what, json) => {
    expect(parseStatusJson(json)).toEqual({ kind: 'json', value: HELLO })
  })
  it('keeps control characters and escapes of its texts', () => {
    expect(parseStatusJson(`{"description":"a\nb\tc\u0001 \\u00e9\\n\\'\\"\\\\"}`)).toEqual({
      kind: 'json',
      value: { description: 'a\nb\tc\u0001 é\n\'"\\' },
    })
  })
  it('has no number where it says NaN, and the rest of it is read', () => {
    const json = '{"description":"hello","players":{"max":NaN,"online":Infinity},"x":[1,-2.5e3,TRUE,null,]}'
    expect(parseStatusJson(json)).toMatchObject({ value: { x: [1, -2_500, true, null] } })
    expect(decodeStatusJson(json)).toMatchObject({ kind: 'decoded', value: { description: 'hello' } })
    expect(decodeStatusJson(json)).not.toHaveProperty('value.players')
  })
  it('gives a field no power over other objects', () => {
    const parsed = parseStatusJson("{'__proto__':{'polluted':true}}")
    expect(parsed).not.toHaveProperty('value.polluted')
    expect({}).not.toHaveProperty('polluted')
  })
  it.each(['', '{', "{'a", '{"a":"\\u12"}', '{/*', '{a b}', '[1 2]', '}', '{"a"}', '{:1}'])('is none: %s', (json) => {
    expect(parseStatusJson(json)).toEqual({ kind: 'none' })
  })
  it('is not followed into any depth', () => {
    expect(parseStatusJson(`{'x':${'['.repeat(30_000)}`)).toEqual({ kind: 'too-deep' })
  })
})
