import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canBeHostName, cleanDomain, parseDomainPattern } from '../../src/index.ts'

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
    ['a.example.com:25565', 'a.example.com'],
    ['a.example.com.:25565', 'a.example.com'],
    ['A.Example.com:25565\0FML\0', 'a.example.com'],
    ['192.0.2.1:25565', '192.0.2.1'],
    ['a.example.com:', 'a.example.com:'],
    ['_minecraft._tcp.a.example.com', 'a.example.com'],
    ['_Minecraft._TCP.a.example.com.', 'a.example.com'],
    ['a.example.com\\0FML', 'a.example.com'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:25565', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['', ''],
    // Node would read these as URLs: without the line end, up to the slash, behind the `@`.
    ['mü\r\nx.example', 'mü\r\nx.example'],
    ['mü/x.example', 'mü/x.example'],
    ['ü@x.example', 'ü@x.example'],
    ['...', ''],
    ['\0FML\0', ''],
    ['///', ''],
  ])('%j is %j', (host, domain) => expect(cleanDomain(host)).toBe(domain))

  it('is clean whatever came, and its cost is bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (host) => {
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

describe('a cleaned-up domain', () => {
  it.each([
    'a.example.com',
    'under_score',
    '_minecraft._tcp.a.example',
    '192.0.2.1',
    '[2001:db8::1]',
    'fe80::1%eth0',
    '',
  ])('%j can be the name of a host', (domain) => expect(canBeHostName(domain)).toBe(true))

  it('can have no control character, no blank, nothing beyond ASCII, and no sign of another syntax', () => {
    for (let code = 0; code < 0x3000; code++) {
      const character = String.fromCharCode(code)
      const isFine = /[a-z0-9._:%[\]-]/.test(character)
      expect(canBeHostName(`a${character}.example.com`), JSON.stringify(character)).toBe(isFine)
    }
    // A `$` in a pattern may mean the place before a last line end.
    expect(canBeHostName('a.example.com\n')).toBe(false)
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
    ['[2001:DB8::1]', '2001:db8::1'],
    ['2001:db8:0::1', '2001:db8::1'],
  ])('%j is %j', (text, pattern) => expect(parseDomainPattern(text)).toEqual({ kind: 'pattern', pattern }))

  it.each([
    ['', 'is empty'],
    ['.', 'is empty'],
    ['a..example', 'has an empty label between two dots'],
    ['mc*.example', 'has "*" beside other characters; "*" stands for whole labels'],
    ['mü?.example', 'has "?" in a label with letters beyond ASCII; write that label as xn--…'],
    ['a b.example', 'has the label "a b", which no host name can have'],
    ['mü@x.example', 'has the label "mü@x", which no host name can have'],
    ['mü\r\nx.example', 'has the label "mü\r\nx", which no host name can have'],
    ['a.example:25565', 'has the label "example:25565", which no host name can have'],
    [`${'a'.repeat(64)}.example`, 'has a label of more than 63 characters'],
    [Array(130).fill('aa').join('.'), 'is longer than 253 characters'],
  ])('%j is refused: it %s', (text, message) => expect(parseDomainPattern(text)).toEqual({ kind: 'invalid', message }))
})

it('can be the name of a host where the expression says so, whichever way it is asked', () => {
  const characters = fc.constantFrom(...'azAZ09.-_:%[]/\\ ,;@^`{~\0é')
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 12 }), (name) => {
      expect(canBeHostName(name)).toBe(/^[a-z0-9._:%[\]-]*$/.test(name))
    }),
    { numRuns: 2_000 },
  )
})
