import { describe, expect, it } from 'vitest'
import { type KnownPlayer, type ListedPlayer, PlayerIndex } from '../../src/index.ts'

const STEVE = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const ALEX = '853c80ef-3c37-49fd-aa49-938b674adae6'

const BY_NAME: ListedPlayer = { kind: 'name', name: 'Steve' }
const BY_UUID: ListedPlayer = { kind: 'uuid', uuid: STEVE }
const PROFILE: ListedPlayer = { kind: 'profile', name: 'Steve', uuid: STEVE }

function claims(name: string, uuid?: string): KnownPlayer {
  return { name, uuid, proof: 'none' }
}

function isProvenToBe(name: string, uuid: string): KnownPlayer {
  return { name, uuid, proof: 'verified' }
}

/** A session server is asked next. */
function willProve(name: string, uuid?: string): KnownPlayer {
  return { name, uuid, proof: 'to-come' }
}

describe('a list of players', () => {
  it.each<readonly [string, ListedPlayer, KnownPlayer, { letsIn: boolean; keepsOut: boolean }]>([
    ['a name in any case', BY_NAME, claims('sTEVE'), { letsIn: true, keepsOut: true }],
    ['another name', BY_NAME, claims('Alex', STEVE), { letsIn: false, keepsOut: false }],
    ['the name, whatever UUID is verified', BY_NAME, isProvenToBe('Steve', ALEX), { letsIn: true, keepsOut: true }],
    ['a claimed UUID', BY_UUID, claims('Anybody', STEVE), { letsIn: true, keepsOut: true }],
    ['no UUID, of an old client', BY_UUID, claims('Steve'), { letsIn: false, keepsOut: false }],
    ['another UUID', BY_UUID, claims('Steve', ALEX), { letsIn: false, keepsOut: false }],
    ['a profile by its name alone, of an old client', PROFILE, claims('steve'), { letsIn: true, keepsOut: true }],
    ['a profile by its name, beside another UUID', PROFILE, claims('Steve', ALEX), { letsIn: true, keepsOut: true }],
    // A server that authenticates looks at the name and never at this UUID: whoever knows it would come in as himself.
    ['a profile by a claimed UUID alone', PROFILE, claims('Mallory', STEVE), { letsIn: false, keepsOut: true }],
    ['a profile by its verified UUID', PROFILE, isProvenToBe('Renamed', STEVE), { letsIn: true, keepsOut: true }],
    // Kept out by what they claimed, players with a new name could not join, and others bore the ban of whose name they have now.
    ['a name, before there is proof', BY_NAME, willProve('Steve'), { letsIn: true, keepsOut: true }],
    ['another name, before there is proof', BY_NAME, willProve('Alex', STEVE), { letsIn: false, keepsOut: false }],
    ['that proof will show whether it is this UUID', BY_UUID, willProve('Anybody'), { letsIn: true, keepsOut: false }],
    ['that a profile may have another name now', PROFILE, willProve('Renamed'), { letsIn: true, keepsOut: false }],
    ['a profile whose name is another’s now', PROFILE, isProvenToBe('Steve', ALEX), { letsIn: false, keepsOut: false }],
  ])('knows %s', (_, listed, player, expected) => {
    const index = new PlayerIndex([{ kind: 'name', name: 'Nobody' }, listed])
    expect({ letsIn: index.letsIn(player), keepsOut: index.keepsOut(player) }).toEqual(expected)
  })
})
