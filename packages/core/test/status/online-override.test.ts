import { STATUS_JSON_MAX_UNITS } from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import type { MotdEntry } from '../../src/messages/motd-keys.ts'
import { withOnlineMotd } from '../../src/status/online-override.ts'

const NOTHING: MotdEntry = {
  text: undefined,
  favicon: undefined,
  versionName: undefined,
  maxPlayers: undefined,
  onlinePlayers: undefined,
  sample: undefined,
}
const OWN = { version: { name: '1.20.4', protocol: 765 }, players: { max: 20, online: 3 }, description: 'own', x: [1] }

/** A server's status with so many characters of mods in it. */
function withMods(units: number): object {
  return { ...OWN, forgeData: 'm'.repeat(units) }
}

function shown(status: object, motd: Partial<MotdEntry>): unknown {
  return JSON.parse(withOnlineMotd(JSON.stringify(status), { ...NOTHING, ...motd }, motd.text))
}

describe('[motd.online] over the status of a server', () => {
  it('replaces what it says, and leaves the rest', () => {
    expect(shown(OWN, { text: 'Welcome', maxPlayers: 200, versionName: 'Survival' })).toEqual({
      ...OWN,
      description: 'Welcome',
      version: { name: 'Survival', protocol: 765 },
      players: { max: 200, online: 3 },
    })
  })
  it('has both numbers where the server has none: clients show them together', () => {
    expect(shown({ description: 'own' }, { onlinePlayers: 7, sample: ['§aHello'] })).toEqual({
      description: 'own',
      players: { max: 0, online: 7, sample: [{ name: '§aHello', id: '00000000-0000-0000-0000-000000000000' }] },
    })
  })
  // Together with the picture the words were left out too.
  it('shows its words without its picture where there is no room for that', () => {
    const favicon = `data:image/png;base64,${'A'.repeat(20_000)}`
    const status = { ...withMods(15_000), favicon: 'data:image/png;base64,own' }
    expect(shown(status, { text: 'Welcome', favicon })).toEqual({ ...status, description: 'Welcome' })
  })
  it('replaces parts of a status that is longer than unmodified clients read, or no strict JSON', () => {
    expect(shown(withMods(50_000), { text: 'Welcome' })).toEqual({ ...withMods(50_000), description: 'Welcome' })
    const lenient = "{'description':'own',/* x */'x':[1,],}"
    expect(JSON.parse(withOnlineMotd(lenient, NOTHING, 'Welcome'))).toEqual({ description: 'Welcome', x: [1] })
  })
  it('leaves alone what cannot be read', () => {
    expect(withOnlineMotd('{"description":', NOTHING, 'Welcome')).toBe('{"description":')
  })
  it('is left out where not even its words have room', () => {
    const status = withMods(STATUS_JSON_MAX_UNITS - 200)
    expect(shown(status, { text: 'x'.repeat(1_000) })).toEqual(status)
  })
})
