import { encodeStatusResponse } from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import { statusResponse } from '../../src/connection/status-response.ts'

describe('the response of a status', () => {
  // Each of 3,000 clients that asked for the same had a copy of its own, until somebody collected them.
  it('is the same bytes for whoever asks for the same', () => {
    const json = '{"description":"a"}'
    expect(statusResponse(json)).toEqual(encodeStatusResponse(json))
    expect(statusResponse(`{"description":${JSON.stringify('a')}}`)).toBe(statusResponse(json))
  })

  it('is right for any number of statuses, of which only some are kept', () => {
    for (let each = 0; each < 100; each++) {
      const json = `{"description":"${each % 20}"}`
      expect(statusResponse(json)).toEqual(encodeStatusResponse(json))
    }
  })
})
