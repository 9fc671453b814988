import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isReason, REASON_NAMES, type Reason, reasonRow, type Told } from '../../src/record/reasons.ts'
import { filesWithReasons } from './write-reasons.ts'

describe('the table of reasons', () => {
  it.each(filesWithReasons())('is what docs/$name says', ({ path, content }) => {
    expect(readFileSync(path, 'utf8'), 'write it again: node packages/core/test/record/write-reasons.ts').toBe(content)
  })

  it.each(REASON_NAMES)('has a sentence for the pages about %s', (name) => {
    expect(reasonRow(name).meaning).toMatch(/^[A-Z`].*\.$/)
    expect(reasonRow(name).meaning).not.toMatch(/[|\n]|\]\(/)
  })

  it.each(told())('has a text for %s, who is told, whatever is known', (_, text) => {
    for (const domain of ['a.example.com', undefined])
      expect(text({ domain, server: 'Lobby' })).toMatch(/^[A-Z][^{}]*\.$/)
  })

  it('has every reason that a page names', () => {
    const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
    const pages = globSync('**/*.{md,yaml}', { cwd: docs }).map((page) => readFileSync(`${docs}${page}`, 'utf8'))
    const named = pages.flatMap((text) => [...text.matchAll(/\breasons? `([a-z_]+)`|\boutcome=~?"([a-z_]+)"/g)])
    expect(named.length).toBeGreaterThan(5)
    expect(named.map(([, inWords, inQuery]) => inWords ?? inQuery ?? '').filter((name) => !isReason(name))).toEqual([])
  })

  it('has every reason by which a state of a connection ends', () => {
    const page = readFileSync(new URL('../../../../docs/connection.md', import.meta.url), 'utf8')
    const ends = [...page.matchAll(/^\| `[a-z-]+` \|.*\|(.*)\|$/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`([a-z_]+)`/g),
    ])
    expect(ends.length).toBeGreaterThan(10)
    expect(ends.map(([, name = '']) => name).filter((name) => !isReason(name))).toEqual([])
  })

  // Their address may be that of a load balancer, and whoever bans it locks everybody out.
  it('blames no client for what a load balancer sends', () => {
    expect([reasonRow('proxy_protocol').isOffence, reasonRow('header_timeout').isOffence]).toEqual([false, false])
  })
})

function told(): readonly (readonly [Reason, Told['text']])[] {
  return REASON_NAMES.flatMap((name) => {
    const { told } = reasonRow(name)
    return told === 'nobody' ? [] : [[name, told.text] as const]
  })
}
