import { encodeStatusResponse } from '@infrarust/minecraft'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StatusResponses } from '../../src/connection/status-responses.ts'

describe('the responses of a gateway', () => {
  // Each of 3,000 clients that asked for the same had a copy of its own, until somebody collected them.
  it('are the same bytes for whoever asks for the same', () => {
    const responses = new StatusResponses()
    const json = '{"description":"a"}'
    expect(responses.of(`{"description":${JSON.stringify('a')}}`)).toBe(responses.of(json))
    expect(responses.of(json, Uint8Array.of(1))).toBe(responses.of(json, Uint8Array.of(1)))
  })

  it('are what the codec makes of each, whatever was asked before', () => {
    const json = fc.nat({ max: 15 }).map((number) => `{"description":"${number}"}`)
    const rest = fc.option(fc.uint8Array({ max: 2, maxLength: 2 }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(fc.tuple(json, rest), { maxLength: 60 }), (questions) => {
        const responses = new StatusResponses()
        for (const [json, rest] of questions) expect(responses.of(json, rest)).toEqual(encodeStatusResponse(json, rest))
      }),
    )
  })
})
