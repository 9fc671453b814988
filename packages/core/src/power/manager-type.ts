import { gives, isNot, type ValueType } from '../config/value-type.ts'

/** The kinds of power that have keys of their own in `[server_manager]`. */
export type BuiltInManagerType = 'local' | 'command' | 'docker' | 'pterodactyl' | 'crafty'

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

/** What is written with which `type`. One that is loaded by its path has `options`, which it checks by itself. */
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

/** Of a power that is part of no program: the path of its module. */
export const CUSTOM_TYPE: ManagerTypeRow = { keys: ['options'], required: [] }

const WORDS = Object.keys(MANAGER_TYPES)

/** The keys of a type, as `[server_manager]` names it. */
export function managerTypeRow(type: string): ManagerTypeRow {
  return isBuiltInManagerType(type) ? MANAGER_TYPES[type] : CUSTOM_TYPE
}

/** Whether it is no path. */
export function isBuiltInManagerType(type: string): type is BuiltInManagerType {
  return Object.hasOwn(MANAGER_TYPES, type)
}

/** `type` in `[server_manager]`: a word, or the path of a module. */
export const managerType: ValueType<string> = {
  name: `${WORDS.map((word) => `"${word}"`).join(', ')}, or a path`,
  read(written) {
    const accepted = `write one of ${WORDS.map((word) => `"${word}"`).join(', ')}, or the path of a module, such as "./power.ts"`
    if (typeof written !== 'string') return isNot(written, accepted)
    const word = written.trim()
    if (isBuiltInManagerType(word)) return gives(word)
    return /^\.{0,2}\//.test(word) && word.length <= 4096 ? gives(word) : isNot(written, accepted)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}
