import { type KeyTable, keyTable, type SubTable } from '../config/key-table.ts'
import { integer, text } from '../config/values/plain.ts'
import { favicon, faviconData } from './favicon.ts'
import { sampleLines } from './sample-lines.ts'
import { type Template, template } from './template.ts'

/** All that an example needs: one colour. */
const ONE_COLOUR =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAD0lEQVR42mNgGAWjgHwAAAJAAAHgTR1EAAAAAElFTkSuQmCC'

/** The states of a server that may have a text in the server list. */
export type MotdState =
  | 'online'
  | 'offline'
  | 'starting'
  | 'unreachable'
  | 'maintenance'
  | 'sleeping'
  | 'stopping'
  | 'crashed'

/** What the server list shows in each state. */
export type MotdConfig = { readonly [State in MotdState]?: MotdEntry | undefined }

/** What the server list shows in one state of a server. */
export interface MotdEntry {
  readonly text: Template | undefined
  /** `data:image/png;base64,…`. */
  readonly favicon: string | undefined
  readonly versionName: string | undefined
  readonly maxPlayers: number | undefined
  readonly onlinePlayers: number | undefined
  /** A line each. */
  readonly sample: readonly string[] | undefined
}

const entryKeys: KeyTable<MotdEntry> = keyTable<MotdEntry>(
  {
    text: {
      kind: 'key',
      from: 'anyone',
      name: 'text',
      type: template,
      default: undefined,
      absent: 'the text of `[messages]`; for `online` that of the server',
      description: 'What stands beside the picture, two lines at most.',
      example: '§aSurvival §7- §fWelcome!',
      reload: 'live',
    },
    favicon: {
      kind: 'key',
      from: 'anyone',
      name: 'favicon',
      type: favicon,
      typeForAnyone: faviconData,
      default: undefined,
      absent: 'that of `online`, else none',
      description: 'PNG of 64×64 pixels: a path relative to the file that names it, or a data URI.',
      example: ONE_COLOUR,
      reload: 'live',
    },
    versionName: {
      kind: 'key',
      from: 'anyone',
      name: 'version_name',
      type: text({ maxLength: 64 }),
      default: undefined,
      absent: '`"Infrarust"`; for `online` that of the server',
      description: 'What clients of other versions see instead of the number of players.',
      example: 'Survival 1.21',
      reload: 'live',
    },
    maxPlayers: {
      kind: 'key',
      from: 'anyone',
      name: 'max_players',
      type: integer({ min: 0, max: 2_147_483_647 }),
      default: undefined,
      absent: '`0`; for `online` that of the server',
      description: 'The number behind the slash.',
      example: 100,
      reload: 'live',
    },
    onlinePlayers: {
      kind: 'key',
      from: 'anyone',
      name: 'online_players',
      type: integer({ min: 0, max: 2_147_483_647 }),
      default: undefined,
      absent: '`0`; for `online` that of the server',
      description: 'The number before the slash.',
      example: 0,
      reload: 'live',
    },
    sample: {
      kind: 'key',
      from: 'anyone',
      name: 'sample',
      type: sampleLines,
      default: undefined,
      absent: 'none; for `online` that of the server',
      description: 'What hovering over the number of players shows, a line each.',
      example: ['§eNext event', 'Saturday, 18:00'],
      reload: 'live',
    },
  },
  { elsewhere: { version_protocol: "remove it: an answer always carries the client's own protocol number" } },
)

/** Keys of `[motd]` and of `[default_motd]`. */
export const motdKeys: KeyTable<MotdConfig> = keyTable<Required<MotdConfig>>(
  {
    online: stateRow('online', 'The server answers: what is written here replaces that part of its answer.'),
    offline: stateRow('offline', 'The server is known to be off, such as a stopped container.'),
    starting: stateRow('starting', 'The server is starting.'),
    unreachable: stateRow('unreachable', 'The server does not answer.'),
    maintenance: stateRow('maintenance', 'The server is in maintenance.'),
    sleeping: stateRow('sleeping', 'The server sleeps until somebody joins.'),
    stopping: stateRow('stopping', 'The server is stopping.'),
    crashed: stateRow('crashed', 'The server could not be started, or has crashed.'),
  },
  {
    elsewhere: {
      text: 'it belongs to a state: online.text, offline.text, …',
      favicon: 'it belongs to a state: online.favicon, offline.favicon, …',
    },
  },
)

function stateRow(state: MotdState, description: string): SubTable<MotdEntry | undefined> {
  return { kind: 'table', name: state, description, table: entryKeys, isOptional: true }
}
