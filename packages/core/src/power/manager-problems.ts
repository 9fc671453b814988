import type { Problem } from '../config/problem.ts'
import { managerKeys, type ServerManagerConfig } from './manager-keys.ts'
import { managerTypeRow } from './manager-type.ts'

/**
 * What no single key can see: a type that is missing, what belongs to another type, and what its own type needs.
 *
 * @param written `server_manager` as it is written
 * @param config  what was read of it
 * @param hasContainer whether the server was found in a container
 */
export function managerProblems(
  written: Readonly<Record<string, unknown>>,
  config: ServerManagerConfig,
  hasContainer: boolean,
): readonly Problem[] {
  const { type } = config
  const at = (key: string): readonly string[] => ['server_manager', key]
  if (type === undefined) {
    if (written.type !== undefined) return []
    return [
      {
        path: ['server_manager'],
        message: 'server_manager has no type; write type = "local", or "command", "docker", …',
      },
    ]
  }
  const { keys, required } = managerTypeRow(type)
  const problems: Problem[] = []
  for (const key of Object.keys(written)) {
    if (written[key] !== undefined && OF_TYPES.has(key) && !keys.includes(key))
      problems.push({
        path: at(key),
        message: `server_manager.${key} is not for type = "${type}", which has ${keys.join(', ')}`,
      })
  }
  for (const key of required) {
    const value = written[key]
    if (value === undefined || (Array.isArray(value) && value.length === 0))
      problems.push({ path: at(key), message: `server_manager.${key} is missing; type = "${type}" needs it` })
  }
  if (type === 'docker' && !hasContainer && written.container === undefined)
    problems.push({
      path: at('container'),
      message: 'server_manager.container is missing; write the name of the container that is this server',
    })
  return problems
}

const EVERYBODYS: ReadonlySet<string> = new Set([
  'type',
  'start_timeout',
  'shutdown_after',
  'min_online',
  'cooldown',
  'count',
])
const OF_TYPES: ReadonlySet<string> = new Set(
  managerKeys.rows.map(([, { name }]) => name).filter((name) => !EVERYBODYS.has(name)),
)
