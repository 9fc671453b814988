import { instead } from '../config/suggestion.ts'
import { isNot, type ValueType } from '../config/value-type.ts'
import { choice } from '../config/values/choice.ts'
import { text } from '../config/values/plain.ts'

/** The kinds of power that have keys of their own in `[server_manager]`. */
export type BuiltInManagerType = 'local' | 'command' | 'docker' | 'pterodactyl' | 'crafty'

/** The path of a module of the operator's own, as it is written. */
export type ManagerModule = `.${string}` | `/${string}` | `file:${string}`

/** What `type` in `[server_manager]` may be. */
export type ManagerType = BuiltInManagerType | ManagerModule

/** Which keys of `[server_manager]` belong to a type beside those that all have. */
export interface ManagerTypeRow {
  /** As they are written. */
  readonly keys: readonly string[]
  /** Those of them that must be there. */
  readonly required: readonly string[]
}

const PANEL: ManagerTypeRow = {
  keys: ['api_url', 'api_key', 'server_id', 'poll_interval', 'ca_file', 'insecure'],
  required: ['api_url', 'api_key', 'server_id'],
}

/** What is written with which `type`. */
export const MANAGER_TYPES: Readonly<Record<BuiltInManagerType, ManagerTypeRow>> = {
  local: {
    keys: ['command', 'args', 'working_dir', 'ready_pattern', 'shutdown_timeout', 'stop_with_proxy'],
    required: ['command', 'working_dir'],
  },
  command: { keys: ['start', 'stop', 'state', 'working_dir', 'command_timeout'], required: ['start', 'stop'] },
  docker: { keys: ['container', 'pause'], required: [] },
  pterodactyl: PANEL,
  crafty: PANEL,
}

/** What is written with the path of a module. */
const OF_MODULES: ManagerTypeRow = { keys: ['options'], required: [] }

/** What is written with this `type`. */
export function managerTypeRow(type: ManagerType): ManagerTypeRow {
  return isManagerModule(type) ? OF_MODULES : MANAGER_TYPES[type]
}

/** Whether a `type` is the path of a module, and none of the words. */
export function isManagerModule(type: string): type is ManagerModule {
  return /^(\.{1,2}\/|\/|file:)./.test(type)
}

/** The words of `type`, in the order of the reference. */
const MANAGER_TYPE_NAMES: readonly BuiltInManagerType[] = ['local', 'command', 'docker', 'pterodactyl', 'crafty']

const words = choice(MANAGER_TYPE_NAMES)
const path = text({ maxLength: 4096 })

/** `type` in the files of the operator. */
export const managerType: ValueType<ManagerType> = {
  name: `${words.name}, or the path of a module`,
  read(written) {
    const word = words.read(written)
    if (word.kind === 'value') return word
    const reading = path.read(written)
    if (reading.kind === 'value' && isManagerModule(reading.value)) return { kind: 'value', value: reading.value }
    const named = MANAGER_TYPE_NAMES.map((name) => `"${name}"`).join(', ')
    const accepted = `write one of ${named}, or the path of a module of your own, such as "./power.mjs"`
    return isNot(written, instead(written, MANAGER_TYPE_NAMES, accepted))
  },
  fromText: (label) => label,
  schema: { anyOf: [words.schema, { type: 'string', pattern: '^(\\.{1,2}/|/|file:).' }] },
}
