import { describe, expect, it } from 'vitest'
import { readPlayerList } from '../../src/index.ts'

const STEVE = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const ALEX = '853c80ef-3c37-49fd-aa49-938b674adae6'

/** As a server writes it. */
const WHITELIST_JSON = JSON.stringify(
  [
    { uuid: STEVE, name: 'Steve' },
    { uuid: ALEX, name: 'Alex' },
  ],
  undefined,
  2,
)

function faultsOf(text: string): readonly string[] {
  return readPlayerList(text).faults.first.map(({ line, hint }) => `${line}: ${hint}`)
}

describe('a file of players', () => {
  it('may be the whitelist.json of a server', () => {
    expect(readPlayerList(WHITELIST_JSON)).toEqual({
      players: [
        { kind: 'profile', name: 'Steve', uuid: STEVE },
        { kind: 'profile', name: 'Alex', uuid: ALEX },
      ],
      faults: { count: 0, first: [] },
      isEmptyOnPurpose: false,
    })
  })

  it('may be ops.json or banned-players.json, which say more of each', () => {
    const text = JSON.stringify([
      { uuid: STEVE.replaceAll('-', ''), name: 'Steve', level: 4, bypassesPlayerLimit: false },
      { name: 'Alex', uuid: '', reason: 'x', expires: 'forever' },
      { uuid: ALEX.toUpperCase() },
    ])
    expect(readPlayerList(text).players).toEqual([
      { kind: 'profile', name: 'Steve', uuid: STEVE },
      { kind: 'name', name: 'Alex' },
      { kind: 'uuid', uuid: ALEX },
    ])
  })

  it('may have a name or a UUID on each line, and comments', () => {
    const text = `# friends\r\nSteve\r\n\r\n ${STEVE} ; of Steve\n${ALEX.replaceAll('-', '')} // Alex\n.Bedrock One`
    expect(readPlayerList(text)).toEqual({
      players: [
        { kind: 'name', name: 'Steve' },
        { kind: 'uuid', uuid: STEVE },
        { kind: 'uuid', uuid: ALEX },
        { kind: 'name', name: '.Bedrock One' },
      ],
      faults: { count: 0, first: [] },
      isEmptyOnPurpose: false,
    })
  })

  it('is empty on purpose as JSON alone: a file without a line may be half a download', () => {
    expect(readPlayerList('[]\n')).toMatchObject({ players: [], isEmptyOnPurpose: true, faults: { count: 0 } })
    expect(readPlayerList('# none\n')).toMatchObject({ players: [], isEmptyOnPurpose: false, faults: { count: 0 } })
  })

  it.each([
    ['half of it', '[\n  {\n    "uuid": "069a', '3: no JSON from here on; is it half written?'],
    ['nothing but its beginning', '[', '1: no JSON from here on; is it half written?'],
    ['a comma too many', '[\n{"name":"Steve"},\n]\n', '3: no JSON from here on; is it half written?'],
    ['an object', '{"uuid":1}', '1: no list of players: a whitelist.json begins with ['],
    ['an entry that names nobody', '[{"name":"Steve"},\n{"level":4}]', '2: an entry without "uuid" and "name"'],
    ['a text for an entry', '[\n"Steve"]', '2: an entry without "uuid" and "name"'],
    ['a UUID that is none', '[\n{\n"uuid":"069a79f4","name":"Steve"}]', '2: its "uuid" is none'],
    ['a name with a line end', '[{"name":"St\\neve"}]', '1: its "name" is no name of a player'],
    [
      'a name too long for a player',
      'Steve\nsecret-token-0123456789',
      '2: neither a name of 1 to 16 characters nor a UUID',
    ],
    ['an address', 'Steve\n192.0.2.0/24', '2: an address, and no player; addresses stand in [ip_filter]'],
  ])('has a hint about %s, and no word of it', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault])
  })

  it('counts with the entries that are good, and finds the line of each other one past what looks like one in a text', () => {
    const text = '[{"name":"a}]"},{"name":"Steve"},\n [1,[2]],\n{"name":\n"x"},\n\n5, {"name": "{,["}]'
    const { players, faults } = readPlayerList(text)
    expect(players).toHaveLength(4)
    expect(faults).toMatchObject({ count: 2, first: [{ line: 2 }, { line: 6 }] })
  })

  it('never throws, whatever it holds', () => {
    for (const text of ['', '\0', '[null]', '[[]]', '{', '['.repeat(100_000), '[{"name":{}}]', '[{"uuid":[]}]'])
      expect(() => readPlayerList(text)).not.toThrow()
  })
})
