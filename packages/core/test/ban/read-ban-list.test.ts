import { describe, expect, it } from 'vitest'
import { banJson, readBanList } from '../../src/entries/ban-store.ts'
import { ban } from './fixtures.ts'

const NOW = Date.parse('2026-01-02T03:04:05Z')
const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'

/** Entries as the products write them, and whom they ban. */
const ENTRIES = [
  {
    name: 'an address of the Rust product',
    entry: {
      target: { type: 'ip', value: '203.0.113.7' },
      reason: 'griefing',
      source: 'console',
      created_at: 1_700_000_000,
      expires_at: 1_800_000_000,
    },
    bans: [
      {
        target: { type: 'ip', value: '203.0.113.7' },
        reason: 'griefing',
        source: 'console',
        createdAt: 1_700_000_000_000,
        expiresAt: 1_800_000_000_000,
      },
    ],
  },
  {
    name: 'a network without an end',
    entry: {
      target: { type: 'cidr', value: '198.51.100.0/24' },
      reason: null,
      source: 'api',
      created_at: 1,
      expires_at: null,
    },
    bans: [{ target: { type: 'cidr', value: '198.51.100.0/24' }, reason: undefined, expiresAt: undefined }],
  },
  {
    name: 'times as Rust writes them by itself',
    entry: {
      target: { type: 'username', value: 'Steve' },
      created_at: { secs_since_epoch: 1_700_000_000, nanos_since_epoch: 5 },
    },
    bans: [{ target: { type: 'username', value: 'Steve' }, createdAt: 1_700_000_000_000, source: 'import' }],
  },
  {
    name: 'an entry of its first version, an address and a player in one',
    entry: { id: 'x', uuid: UUID, username: 'Notch', ip: '203.0.113.7', banned_by: 'alice', created_at: 1_700_000_000 },
    bans: [
      { target: { type: 'ip', value: '203.0.113.7' }, source: 'alice', playerName: undefined },
      { target: { type: 'uuid', value: UUID }, source: 'alice', playerName: 'Notch' },
    ],
  },
  {
    name: 'a player of vanilla',
    entry: {
      uuid: UUID,
      name: 'Notch',
      created: '2024-01-01 00:00:00 +0000',
      source: 'Server',
      expires: 'forever',
      reason: 'Banned by an operator.',
    },
    bans: [
      {
        target: { type: 'uuid', value: UUID },
        playerName: 'Notch',
        createdAt: Date.parse('2024-01-01T00:00:00Z'),
        expiresAt: undefined,
        source: 'Server',
      },
    ],
  },
  {
    name: 'an address of vanilla, with a time zone',
    entry: {
      ip: '203.0.113.7',
      created: '2024-01-01 00:00:00 +0100',
      source: 'Rcon',
      expires: '2030-06-01 12:00:00 -0500',
    },
    bans: [
      {
        target: { type: 'ip', value: '203.0.113.7' },
        createdAt: Date.parse('2023-12-31T23:00:00Z'),
        expiresAt: Date.parse('2030-06-01T17:00:00Z'),
      },
    ],
  },
  {
    name: 'a name as Floodgate makes it, of a server without authentication',
    entry: { uuid: UUID, name: '.Bed Rock' },
    bans: [{ target: { type: 'uuid', value: UUID }, playerName: '.Bed Rock' }],
  },
  // Blanks at the end went: the ban was another player's.
  ...[' Steve ', '203.0.113.*', 'a,b', '10.0.0.0/8', '::1', 'Ünïcödé'].flatMap((name) => [
    {
      name: `the name ${JSON.stringify(name)} alone`,
      entry: { name },
      bans: [{ target: { type: 'username', value: name } }],
    },
    {
      name: `the name ${JSON.stringify(name)} of the Rust product, and of a UUID`,
      entry: { target: { type: 'uuid', value: UUID }, player_name: name, other_names: ['a', ' a '] },
      bans: [{ target: { type: 'uuid', value: UUID }, playerName: name, otherNames: ['a', ' a '] }],
    },
    {
      name: `the target ${JSON.stringify(name)}`,
      entry: { target: { type: 'username', value: name } },
      bans: [{ target: { type: 'username', value: name } }],
    },
  ]),
] as const

const FAULTS: readonly (readonly [unknown, string])[] = [
  ['nobody', 'entry 1 is no object'],
  [{ reason: 'x' }, 'entry 1 bans nobody'],
  [{ ip: '203.0.113.999' }, 'entry 1 "203.0.113.999" is not an IPv4 or IPv6 address'],
  [{ target: { type: 'asn', value: '64496' } }, 'entry 1 has a target without a known type'],
  [{ ip: '203.0.113.7', expires: 'someday' }, 'entry 1 has no time in expires'],
  [{ name: 'SeventeenLetters_' }, 'entry 1 "SeventeenLetters_" is no player name'],
  [{ name: 'a\nb' }, 'is no player name'],
  [{ ip: '203.0.113.7', created_at: -1 }, 'entry 1 has no time in created_at'],
]

describe('a list of bans', () => {
  it.each(ENTRIES)('has $name', ({ entry, bans }) => {
    for (const text of [JSON.stringify([entry]), JSON.stringify({ bans: [entry], audit_log: [] })]) {
      const reading = readBanList(text, NOW)
      expect(reading.faults).toEqual([])
      expect(reading.bans).toMatchObject(bans)
    }
  })
  it.each(FAULTS)('with %j says what is wrong', (entry, fault) => {
    expect(readBanList(JSON.stringify([entry]), NOW).faults).toEqual([expect.stringContaining(fault)])
  })
  it.each(['', '{', '"x"', '{"bans":1}', 'null'])('is not %j', (text) => {
    expect(readBanList(text, NOW)).toMatchObject({ bans: [], faults: [expect.any(String)] })
  })
  it('may be empty', () => expect(readBanList('[]', NOW)).toEqual({ bans: [], faults: [] }))
  it('means the last of two entries for one target', () => {
    const text = JSON.stringify([
      { name: 'Steve', reason: 'first' },
      { name: 'STEVE', reason: 'second' },
    ])
    expect(readBanList(text, NOW).bans).toMatchObject([{ reason: 'second' }])
  })
  it('reads again what it writes', () => {
    for (const { entry } of ENTRIES) {
      const { bans } = readBanList(JSON.stringify([entry]), NOW)
      expect(readBanList(JSON.stringify(bans.map(banJson)), NOW).bans).toEqual(bans)
    }
  })
  // Rounded each by itself, seven days were seven days and a second.
  it.each([
    ['7d', 7 * 86_400_000, 604_800],
    ['half a second', 500, 1],
  ])('writes a ban of %s with its length, whenever in a second it was made', (_, lengthMs, seconds) => {
    for (const createdAt of [NOW, NOW + 1, NOW + 500, NOW + 999]) {
      const written = banJson(ban('Steve', { createdAt, expiresAt: createdAt + lengthMs }))
      expect(written).toMatchObject({ created_at: NOW / 1_000, expires_at: NOW / 1_000 + seconds })
    }
  })
  it('may begin with a byte order mark, which editors on Windows write', () => {
    expect(readBanList('\ufeff[{"name":"Steve"}]', NOW)).toMatchObject({
      bans: [{ target: { value: 'Steve' } }],
      faults: [],
    })
  })
  it('keeps control characters out of a reason: it goes into a log and to a player', () => {
    const text = JSON.stringify([{ name: 'Steve', reason: 'a\u001b[2J\nb' }])
    expect(readBanList(text, NOW).bans[0]?.reason).toBe('a [2J b')
  })
})
