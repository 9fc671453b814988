import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitAddress } from '../src/index.ts'

const FLOODGATE = '^Floodgate^>c29tZSBpdg==!Zm///b28+YmFy'

describe('an address', () => {
  it.each([
    ['a.example.com', 'a.example.com', ''],
    ['A.Example.com.', 'A.Example.com.', ''],
    ['', '', ''],
    ['a.example.com///203.0.113.7:1///2', 'a.example.com', '///203.0.113.7:1///2'],
    ['a.example.com//b', 'a.example.com//b', ''],
  ])('without markers: %j', (address, host, suffix) => {
    expect(splitAddress(address)).toEqual({ host, suffix, markers: { kind: 'none' } })
  })

  it.each([
    ['\0FML\0', ['FML']],
    ['\0FML2\0', ['FML2']],
    ['\0FML3\0', ['FML3']],
    ['\0FML10\0', ['FML10']],
    ['\0FML', ['FML']],
    ['\0FORGE', ['FORGE']],
    ['\0FORGE2', ['FORGE2']],
    ['\0FORGE10', ['FORGE10']],
    ['\0FORGE\0', ['FORGE']],
    [`\0${FLOODGATE}`, [FLOODGATE]],
    [`\0FML2\0${FLOODGATE}`, ['FML2', FLOODGATE]],
    [`///203.0.113.7:1\0FML\0`, ['FML']],
    // Forge ends its marker with a NUL, and Geyser begins its own with another one.
    [`\0FML2\0\0${FLOODGATE}`, ['FML2', FLOODGATE]],
    [`\0FML\0\0\0${FLOODGATE}\0`, ['FML', FLOODGATE]],
  ])('with known markers: %j', (after, names) => {
    const { host, markers } = splitAddress(`a.example.com${after}`)
    expect(host).toBe('a.example.com')
    expect(markers).toEqual({ kind: 'known', names })
  })

  // A backend with BungeeCord forwarding believes these: whoever may send them can be anybody.
  it.each([
    '203.0.113.7\0' + '069a79f444e94726a5befca90e38aaf5',
    '203.0.113.7\x069a79f444e94726a5befca90e38aaf5\0[{"name":"extraData"}]',
    'FML\0' + '203.0.113.7\0' + '069a79f444e94726a5befca90e38aaf5',
    '203.0.113.7\0FML\0',
    'FML\0\0',
    'FML\0\0uuid',
    `\0${FLOODGATE}`,
    `${FLOODGATE}\0${'203.0.113.7'}\0${'069a79f444e94726a5befca90e38aaf5'}`,
    `203.0.113.7\0${'069a79f444e94726a5befca90e38aaf5'}\0${FLOODGATE}`,
    `FML\0\0${FLOODGATE}\0\0${'203.0.113.7'}`,
    '',
    '\0',
    'FMLX\0',
    'fml\0',
    'FORGERY',
    ' FML',
    'FML\n',
    '^Floodgate',
    'x^Floodgate^y',
    '///a',
  ])('with anything else after its NUL: %j', (text) => {
    expect(splitAddress(`a.example.com\0${text}`).markers).toEqual({ kind: 'unknown', text })
  })

  it('is cut at a NUL before slashes that Floodgate data holds', () => {
    expect(splitAddress(`a.example.com\0${FLOODGATE}`)).toMatchObject({ host: 'a.example.com', suffix: '' })
  })

  it('never has a NUL in its host or suffix, and begins with them', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '/', '\0', '.', 'FML') }), (address) => {
        const { host, suffix } = splitAddress(address)
        expect(host + suffix).not.toContain('\0')
        expect(host).not.toContain('///')
        expect(address.startsWith(host + suffix)).toBe(true)
      }),
    )
  })
})
