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

/** The words of `type`, in the order of the reference. */
export const MANAGER_TYPE_NAMES: readonly BuiltInManagerType[] = ['local', 'command', 'docker', 'pterodactyl', 'crafty']
