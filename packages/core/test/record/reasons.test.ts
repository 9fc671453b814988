import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REASON_NAMES, type Reason, reasonRow, type Told } from '../../src/record/reasons.ts'
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
