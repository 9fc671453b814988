import { encodeLoginStart } from '@infrarust/minecraft'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { banKey, parseBanTarget, readBanTarget } from '../../src/entries/ban-store.ts'
import { handshake, loginStart } from '../connection/packets.ts'
import { Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'

const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'

/** What is written with nothing beside it, and what it is. */
const TARGETS = [
  ['203.0.113.7', 'ip', '203.0.113.7'],
  ['::ffff:203.0.113.7', 'ip', '203.0.113.7'],
  ['2001:DB8::0:7', 'ip', '2001:db8::7'],
  ['198.51.100.0/24', 'cidr', '198.51.100.0/24'],
  ['198.51.100.7/32', 'ip', '198.51.100.7'],
  ['::ffff:198.51.100.0/120', 'cidr', '198.51.100.0/24'],
  ['2001:db8::/32', 'cidr', '2001:db8::/32'],
  ['069a79f444e94726a5befca90e38aaf5', 'uuid', UUID],
  ['069A79F4-44E9-4726-A5BE-FCA90E38AAF5', 'uuid', UUID],
  ['Steve', 'username', 'Steve'],
  [' .Bedrock_1 ', 'username', '.Bedrock_1'],
  ['1234', 'username', '1234'],
  ['16777215', 'username', '16777215'],
  ['4294967296', 'username', '4294967296'],
  ['0xCAFE', 'username', '0xCAFE'],
  ['Пётр', 'username', 'Пётр'],
  ['李雷', 'username', '李雷'],
] as const

/** What looks like something else, what is wrong with it, and what to write instead. */
const LOOK_ALIKES: readonly (readonly [string, string, string])[] = [
  ['203.0.113.*', 'is not an IPv4 or IPv6 address', '203.0.113.0/24'],
  ['203.0.*.*', 'is not an IPv4', '203.0.0.0/16'],
  ['203.0.*', 'is not an IPv4', '203.0.0.0/16'],
  ['203.*', 'is not an IPv4', '203.0.0.0/8'],
  ['203.0.113.x', 'is not an IPv4', '203.0.113.0/24'],
  ['203.0.113.xxx', 'is not an IPv4', '203.0.113.0/24'],
  ['203.0.113', 'is not an IPv4', '203.0.113.0/24'],
  ['10.0.0', 'is not an IPv4', '10.0.0.0/24'],
  ['10.0.0.', 'is not an IPv4', '10.0.0.0/24'],
  ['203.0.113.7.', 'is not an IPv4', '203.0.113.7'],
  ['203,0,113,7', 'is not an IPv4', '203.0.113.7'],
  ['203.0.113.7:25565', 'is not an IPv4', '203.0.113.7'],
  ['[::1]', 'is not an IPv4', '::1'],
  ['[2001:db8::7]:25565', 'is not an IPv4', '2001:db8::7'],
  ['::ffff:1.2.3.4%eth0', 'is not an IPv4', '1.2.3.4'],
  ['fe80::7%eth0', 'is not an IPv4', 'fe80::7'],
  ['203.0.113.1-203.0.113.9', 'is not an IPv4', '203.0.113.1 203.0.113.2/31 203.0.113.4/30 203.0.113.8/31'],
  ['203.0.113.0 - 203.0.113.255', 'is not an IPv4', '203.0.113.0/24'],
  ['203.0.113.0-255', 'is not an IPv4', '203.0.113.0/24'],
  ['0.0.0.0-255.255.255.255', 'is not an IPv4', '0.0.0.0/0'],
  ['203.0.113.9-203.0.113.1', 'is not an IPv4', ''],
  ['0.0.0.1-255.255.255.254', 'is not an IPv4', ''],
  ['2001:db8::1-2001:db8::9', 'is not an IPv4', ''],
  ['3232235777', 'is not an IPv4', '192.168.1.1'],
  ['16777216', 'is not an IPv4', '1.0.0.0'],
  ['4294967295', 'is not an IPv4', '255.255.255.255'],
  ['0x7f000001', 'is not an IPv4', '127.0.0.1'],
  ['0x7f.0.0.1', 'is not an IPv4', '127.0.0.1'],
  ['0x7f.1', 'is not an IPv4', '127.0.0.1'],
  ['017700000001', 'is not an IPv4', '127.0.0.1'],
  ['2001:db8:*', 'is not an IPv4', '2001:db8::/32'],
  ['2001:db8::*', 'is not an IPv4', '2001:db8::/32'],
  ['2001:db8:0:66:*:*:*:*', 'is not an IPv4', '2001:db8:0:66::/64'],
  ['2001:db8:', 'is not an IPv4', '2001:db8::/32'],
  ['2001:db8', 'is not an IPv4', '2001:db8::/32'],
  ['203.0.113.256', 'is not an IPv4', ''],
  ['203.0.113.07', 'is not an IPv4', ''],
  ['203.0.1*.7', 'is not an IPv4', ''],
  ['1.2.3.4.5', 'is not an IPv4', ''],
  ['00:1a:2b:3c:4d:5e', 'is not an IPv4', ''],
  ['198.51.100.7/24', 'the network is 198.51.100.0/24', '198.51.100.0/24'],
  ['198.51.100/24', 'is not a network', '198.51.100.0/24'],
  ['198.51.100.*/24', 'is not a network', '198.51.100.0/24'],
  ['10/8', 'is not a network', '10.0.0.0/8'],
  ['198.51.100.0/255.255.255.0', 'is not a network', '198.51.100.0/24'],
  ['198.51.100.0/0.0.0.255', 'is not a network', '198.51.100.0/24'],
  ['198.51.100.0/255.0.255.0', 'is not a network', ''],
  ['198.51.100.0/33', 'the prefix "33"', ''],
  ['a,b', 'more than one target', 'a b'],
  ['203.0.113.7,203.0.113.8', 'more than one target', '203.0.113.7 203.0.113.8'],
  ['203.0.113.7 203.0.113.8', 'more than one target', '203.0.113.7 203.0.113.8'],
  ['198.51.100.0/24;Steve', 'more than one target', '198.51.100.0/24 Steve'],
  ['203.0.113.7, 203.0.113.*', 'more than one target', ''],
  ['example.com', 'looks like the name of a host', ''],
  ['survival.example.com', 'looks like the name of a host', ''],
  ['*.example.com', 'looks like the name of a host', ''],
  ['example.com:25565', 'looks like the name of a host', ''],
  ['https://example.com/', 'looks like the name of a host', ''],
  ['bücher.example', 'looks like the name of a host', ''],
  [UUID.slice(1), 'this has 31', ''],
  [UUID.replaceAll('-', '').slice(1), 'this has 31', ''],
  [`${UUID}0`, 'this has 33', ''],
  [UUID.slice(0, 18), 'this has 16', ''],
  [UUID.replace('5', 'g'), 'this has 31', ''],
  [`{${UUID}}`, 'is not written as a UUID is', UUID],
  [`urn:uuid:${UUID}`, 'is not written as a UUID is', UUID],
  ['AS64496', 'autonomous system', ''],
  ['name with spaces', 'does not look like a player name: it has blanks', ''],
  ['.Bed Rock', 'does not look like a player name: it has blanks', ''],
  ['Steve*', 'other characters than letters', ''],
  ['*Steve', 'other characters than letters', ''],
  ['@a', 'other characters than letters', ''],
  ['Foo-Bar', 'other characters than letters', ''],
  ['SeventeenLetters_', 'is no player name', ''],
  ['', 'is no player name', ''],
]

/** What a player may be called, and may have a ban: at most 16 UTF-16 units of anything but control characters. */
const NAMES = [
  '.Bed Rock',
  ' ',
  ' Steve',
  'Steve ',
  '203.0.113.*',
  '203.0.113.7',
  '2001:db8::7',
  '10.0.0.0/8',
  'a,b',
  'example.com',
  '3232235777',
  '--name',
  "o'Neill",
  '*Steve',
  'No\u200btch\ufeff',
  'Ünïcödé',
  'ИВАН',
  '😀😀😀😀😀😀😀😀',
]

describe('the target of a ban', () => {
  it.each(TARGETS)('%s is %s %s', (written, type, value) => {
    expect(parseBanTarget(written)).toEqual({ kind: 'target', target: { type, value } })
  })
  // Each of them was taken for a name, or refused without a word on what to write.
  it.each(LOOK_ALIKES)('%j is a mistake and not the name of a player', (written, message, instead) => {
    expect(parseBanTarget(written)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
      instead: instead === '' ? [] : instead.split(' '),
    })
  })
  it('that is to be written instead is one', () => {
    for (const [, , instead] of LOOK_ALIKES)
      for (const each of instead === '' ? [] : instead.split(' '))
        expect(parseBanTarget(each)).toMatchObject({ kind: 'target' })
  })
  it('that looks like something else says whether a player may be called so', () => {
    expect(parseBanTarget('example.com')).toMatchObject({ canBeName: true })
    expect(parseBanTarget('survival.example.com')).toMatchObject({ canBeName: false })
    expect(parseBanTarget('   ')).toMatchObject({ canBeName: false })
  })
  it('is read from any text without an error, and each suggestion is a target', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:*,%/[] -') })),
        (text) => {
          const parsed = parseBanTarget(text)
          if (parsed.kind === 'target') expect(parseBanTarget(parsed.target.value)).toEqual(parsed)
          else for (const each of parsed.instead) expect(parseBanTarget(each)).toMatchObject({ kind: 'target' })
        },
      ),
    )
  })
  it('is the same for a name in any case, and for no two kinds', () => {
    expect(banKey({ type: 'username', value: 'STEVE' })).toBe(banKey({ type: 'username', value: 'steve' }))
    expect(banKey({ type: 'username', value: '::1' })).not.toBe(banKey({ type: 'ip', value: '::1' }))
  })
})

describe('the name of a player', () => {
  it.each(NAMES)('may be %j where it is said to be one, and is kept as it is', (name) => {
    expect(readBanTarget('username', name)).toEqual({ kind: 'target', target: { type: 'username', value: name } })
  })
  it.each(['', 'SeventeenLetters_', 'a\nb', 'a\u0000', 'a\u202eb', 'a\ud800', '😀😀😀😀😀😀😀😀😀'])(
    'cannot be %j',
    (name) => {
      expect(readBanTarget('username', name)).toMatchObject({ kind: 'invalid' })
    },
  )
  it('can be banned exactly where the player may join with it', () => {
    const simulation = new Simulation({ listener: listenerConfig(), servers: [serverTo('a', ['a.example.com'], 1)] })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 18 }), fc.constantFrom(...NAMES)), (name) => {
        const read = readBanTarget('username', name)
        if (!canBeSent(name)) return void expect(read.kind).toBe('invalid')
        const client = simulation.accept().send(handshake('a.example.com'), loginStart(name))
        const isLetIn = client.decision?.kind === 'relay'
        expect(read.kind).toBe(isLetIn ? 'target' : 'invalid')
      }),
    )
  })
})

/** Whether a Login Start has room for it: a name, well-formed, of at most 16 units. */
function canBeSent(name: string): boolean {
  if (name === '' || !name.isWellFormed()) return false
  try {
    encodeLoginStart(name, 767)
    return true
  } catch {
    return false
  }
}
