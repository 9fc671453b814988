import { readdirSync, readFileSync } from 'node:fs'
import { readGateway } from '@infrarust/core'
import { validateServer } from '@infrarust/core/provider'
import { parse } from 'smol-toml'
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

describe('the examples of the pages', () => {
  it.each(examplesOf('configuration.md'))('load as infrarust.toml: %s', (example) => {
    expect(readGateway(parse(example)).problems).toEqual([])
  })
  it.each(examplesOf('servers.md'))('load as a server: %s', (example) => {
    const whole = { domains: ['a.example.com'], addresses: ['10.0.0.1'], ...parse(example) }
    expect(validateServer({ key: 'a', source: 'servers.md', values: whole }, 'file', 'operator')).toHaveProperty(
      'server',
    )
  })
})

function examplesOf(page: string): readonly string[] {
  const text = readFileSync(new URL(page, DOCS), 'utf8')
  const examples = [...text.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples.length, `${page} has examples`).toBeGreaterThan(1)
  return examples
}
