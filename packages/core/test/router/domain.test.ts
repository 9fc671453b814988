import { cleanDomain, parseDomainPattern } from '@infrarust/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('a domain, cleaned up', () => {
  it.each([
    ['a.example.com', 'a.example.com'],
    ['A.Example.COM', 'a.example.com'],
    ['a.example.com.', 'a.example.com'],
    ['a.example.com...', 'a.example.com'],
    ['a.example.com\0FML\0', 'a.example.com'],
    ['a.example.com.\0FML3\0', 'a.example.com'],
    ['a.example.com///203.0.113.7:1234///1700000000', 'a.example.com'],
    ['a.example.com.///x\0FML2\0', 'a.example.com'],
    ['München.example', 'xn--mnchen-3ya.example'],
    ['münchen。example。', 'xn--mnchen-3ya.example'],
    ['under_score.example', 'under_score.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['', ''],
    ['...', ''],
    ['\0FML\0', ''],
    ['///', ''],
  ])('%j is %j', (host, domain) => expect(cleanDomain(host)).toBe(domain))

  it('is clean whatever came, and its cost is bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (host) => {
        const domain = cleanDomain(host)
        expect(domain).not.toContain('\0')
        expect(domain).not.toContain('///')
        expect(domain.endsWith('.')).toBe(false)
      }),
    )
    expect(cleanDomain('a'.repeat(100_000)).length).toBe(255)
  })

  it('cleaned up again stays the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(cleanDomain(cleanDomain(name))).toBe(cleanDomain(name))
      }),
    )
  })
})

describe('a name in the domains of a server', () => {
  it.each([
    ['a.example.com', 'a.example.com'],
    [' A.example.com. ', 'a.example.com'],
    ['*.example.com', '*.example.com'],
    ['*', '*'],
    ['lobby?.example.com', 'lobby?.example.com'],
    ['*.münchen.example', '*.xn--mnchen-3ya.example'],
    ['??.münchen.example', '??.xn--mnchen-3ya.example'],
    ['survival_1.docker.local', 'survival_1.docker.local'],
  ])('%j is %j', (text, pattern) => expect(parseDomainPattern(text)).toEqual({ kind: 'pattern', pattern }))

  it.each([
    ['', 'is empty'],
    ['.', 'is empty'],
    ['a..example', 'has an empty label between two dots'],
    ['mc*.example', 'has "*" beside other characters; "*" stands for whole labels'],
    ['mü?.example', 'has "?" in a label with letters beyond ASCII; write that label as xn--…'],
    ['a b.example', 'has the label "a b", which no host name can have'],
    ['a.example:25565', 'has the label "example:25565", which no host name can have'],
    [`${'a'.repeat(64)}.example`, 'has a label of more than 63 characters'],
    [Array(130).fill('aa').join('.'), 'is longer than 253 characters'],
  ])('%j is refused: it %s', (text, message) => expect(parseDomainPattern(text)).toEqual({ kind: 'invalid', message }))
})
