import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referenceFiles } from '../scripts/reference-files.ts'

const DOCS = new URL('../../../docs/', import.meta.url)

describe('the reference', () => {
  it.each(referenceFiles().map(({ url, content }) => [url.pathname.split('/docs/')[1], url, content]))(
    '%s is what the key tables say (else: pnpm reference)',
    (_name, url, content) => expect(readFileSync(url, 'utf8')).toBe(content),
  )
  it('has a schema for each kind of file and nothing else', () => {
    expect(readdirSync(new URL('schema/', DOCS)).sort()).toEqual(['infrarust.schema.json', 'server.schema.json'])
  })
})
