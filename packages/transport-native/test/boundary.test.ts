import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boundaryHeader } from '../scripts/boundary-header.ts'
import * as boundary from '../src/boundary.ts'

describe('the boundary', () => {
  it('is for C++ what it is for TypeScript; `pnpm run boundary` writes it anew', () => {
    expect(readFileSync(join(import.meta.dirname, '../native/boundary.hpp'), 'utf8')).toBe(boundaryHeader())
  })

  it('has every field where a compiler would put it, one right behind the other', () => {
    const widths = { u8: 1, u16: 2, u32: 4, i32: 4, f64: 8 }
    for (const fields of Object.values(boundary.RECORDS)) {
      let at = 0
      for (const width of Object.values(fields)) {
        expect(at % widths[width]).toBe(0)
        at += widths[width]
      }
    }
    expect(boundary.REPORT_HEAD).toEqual({ length: 0, kind: 4, detail: 5, count: 6, id: 8, at: 16, bytes: 24 })
    expect(boundary.ATTEMPT.bytes).toBe(12)
  })

  it('has the decision that a report answers in one place, whatever its kind', () => {
    expect(boundary.DIALLED.seq).toBe(boundary.ANSWERING.seq)
  })
})
