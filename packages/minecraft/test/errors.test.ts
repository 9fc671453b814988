import { describe, expect, it } from 'vitest'
import { decodeFirst, describeMalformed, MinecraftError, malformedError } from '../src/index.ts'
import { hex } from './hex.ts'

describe('a refusal', () => {
  it('says what is wrong and where, and becomes an error with the same code', () => {
    const refusal = decodeFirst(hex('160301'))
    if (refusal.kind !== 'malformed') throw new Error('was not refused')
    expect(describeMalformed(refusal)).toBe('the packet id is not one that belongs here (at byte 1)')
    const error = malformedError(refusal)
    expect(error).toBeInstanceOf(MinecraftError)
    expect(error).toMatchObject({ name: 'MinecraftError', code: 'packet-id', offset: 1 })
  })

  it('names no byte for JSON, which is judged as a whole', () => {
    const message = describeMalformed({ kind: 'malformed', code: 'json-syntax', offset: 0 })
    expect(message).toBe('the text is not JSON')
  })
})
