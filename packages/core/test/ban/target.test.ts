import { describe, expect, it } from 'vitest'
import { banKey, parseBanTarget } from '../../src/index.ts'

describe('the target of a ban', () => {
  it.each([
    ['203.0.113.7', 'ip', '203.0.113.7'],
    ['::ffff:203.0.113.7', 'ip', '203.0.113.7'],
    ['2001:DB8::0:7', 'ip', '2001:db8::7'],
    ['198.51.100.0/24', 'cidr', '198.51.100.0/24'],
    ['198.51.100.7/32', 'ip', '198.51.100.7'],
    ['::ffff:198.51.100.0/120', 'cidr', '198.51.100.0/24'],
    ['2001:db8::/32', 'cidr', '2001:db8::/32'],
    ['069a79f444e94726a5befca90e38aaf5', 'uuid', '069a79f4-44e9-4726-a5be-fca90e38aaf5'],
    ['069A79F4-44E9-4726-A5BE-FCA90E38AAF5', 'uuid', '069a79f4-44e9-4726-a5be-fca90e38aaf5'],
    ['Steve', 'username', 'Steve'],
    [' .Bedrock_1 ', 'username', '.Bedrock_1'],
    ['1234', 'username', '1234'],
  ])('%s is %s %s', (written, type, value) => {
    expect(parseBanTarget(written)).toEqual({ kind: 'target', target: { type, value } })
  })
  it.each([
    ['203.0.113', 'is not an IPv4 or IPv6 address'],
    ['203.0.113.256', 'is not an IPv4 or IPv6 address'],
    ['203.0.113.7:25565', 'is not an IPv4 or IPv6 address'],
    ['198.51.100.7/24', 'the network is 198.51.100.0/24'],
    ['198.51.100.0/33', 'the prefix "33"'],
    ['survival.example.com', 'is no player name'],
    ['two words', 'is no player name'],
    ['', 'is no player name'],
  ])('%j is a mistake and not the name of a player', (written, message) => {
    expect(parseBanTarget(written)).toEqual({ kind: 'invalid', message: expect.stringContaining(message) })
  })
  it('is the same for a name in any case, and for no two kinds', () => {
    expect(banKey({ type: 'username', value: 'STEVE' })).toBe(banKey({ type: 'username', value: 'steve' }))
    expect(banKey({ type: 'username', value: '::1' })).not.toBe(banKey({ type: 'ip', value: '::1' }))
  })
})
