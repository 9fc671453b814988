import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Decoded, Header } from '../src/index.ts'
import { feed, hex, toHex } from './feed.ts'

interface Vector {
  readonly name: string
  readonly hex: string
  readonly expect: { readonly ok: boolean | null }
}

const { vectors }: { vectors: readonly Vector[] } = JSON.parse(
  readFileSync(new URL('fixtures/vectors.json', import.meta.url), 'utf8'),
)

describe('the vectors', () => {
  it('are there', () => {
    expect(vectors.length).toBe(179)
  })

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(readable(feed(hex(vector.hex)))).toMatchObject(vector.expect)
  })
})

/** As the vectors write it. */
function readable(decoded: Decoded): object {
  switch (decoded.kind) {
    case 'malformed':
      return { ok: false }
    case 'incomplete':
      return { ok: null }
    case 'header': {
      const { header, headerBytes } = decoded
      const tlvs = header.tlvs.map(({ type, value }) => ({ type, value: toHex(value) }))
      return { ok: true, ...header, ...endpoints(header), tlvs, headerLength: headerBytes }
    }
  }
}

function endpoints(header: Header): object {
  if (header.family !== 'unix') return {}
  return { source: { path: header.source.path }, destination: { path: header.destination.path } }
}
