import {
  LONG_STATUS_JSON_MAX_UNITS,
  parseStatusJson,
  STATUS_JSON_MAX_UNITS,
  type TextComponent,
} from '@infrarust/minecraft'
import { isRecord } from '../config/read-table.ts'
import type { MotdEntry } from '../messages/motd-keys.ts'

/**
 * Puts what `[motd.online]` says in the place of the same parts of a server's own status; all else stays. What cannot be
 * read is given back as it is.
 *
 * @param json checked by `checkStatusJson`
 * @param text its placeholders filled in
 */
export function withOnlineMotd(json: string, motd: MotdEntry, text: TextComponent | undefined): string {
  const parsed = parseStatusJson(json)
  if (parsed.kind !== 'json' || !isRecord(parsed.value)) return json
  const status = parsed.value
  const { version, players } = status
  const { favicon, versionName, maxPlayers, onlinePlayers, sample } = motd
  const hasPlayers = maxPlayers !== undefined || onlinePlayers !== undefined || sample !== undefined
  const changed = {
    ...status,
    ...(text !== undefined && { description: text }),
    ...(favicon !== undefined && { favicon }),
    ...(versionName !== undefined && { version: { ...(isRecord(version) ? version : {}), name: versionName } }),
    ...(hasPlayers && { players: withPlayers(isRecord(players) ? players : {}, motd) }),
  }
  const written = JSON.stringify(changed)
  // A status that unmodified clients read stays one; a longer one is for others.
  const maxUnits = json.length <= STATUS_JSON_MAX_UNITS ? STATUS_JSON_MAX_UNITS : LONG_STATUS_JSON_MAX_UNITS
  if (written.length <= maxUnits) return written
  // A long list of mods leaves no room for a picture: then the words alone, else the server's own status.
  const wordsAlone = JSON.stringify({ ...changed, favicon: status.favicon })
  return wordsAlone.length <= maxUnits ? wordsAlone : json
}

function withPlayers(players: object, { maxPlayers, onlinePlayers, sample }: MotdEntry): object {
  return {
    // Clients show the numbers only where both are there.
    max: 0,
    online: 0,
    ...players,
    ...(maxPlayers !== undefined && { max: maxPlayers }),
    ...(onlinePlayers !== undefined && { online: onlinePlayers }),
    ...(sample !== undefined && { sample: sample.map((name) => ({ name, id: NO_UUID })) }),
  }
}

const NO_UUID = '00000000-0000-0000-0000-000000000000'
