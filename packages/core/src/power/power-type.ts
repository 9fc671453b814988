import type { Notice } from '../record/notice.ts'
import type { ServerManagerConfig } from './manager-keys.ts'
import { type BuiltInManagerType, isManagerModule, type ManagerType } from './manager-type.ts'
import type { ServerPower } from './server-power.ts'

/**
 * A kind of power that `type` in `[server_manager]` names. Which keys belong to it is said by `MANAGER_TYPES`; they have been
 * read and checked by then, the required ones are there.
 */
export interface ServerPowerType {
  /** As it is written: `local`; `module` for each path of a module. */
  readonly type: BuiltInManagerType | 'module'
  /** Folder of its code, as a URL: what is thrown there is no fault of a module of the operator's own. */
  readonly codeFolder: string
  /** Makes the power of one server, which does nothing before it is asked; a fault shows itself when it is. */
  open(config: ServerManagerConfig, context: PowerContext): ServerPower
}

/** The one of these types that opens what `type` says; undefined where there is none. */
export function powerTypeFor(
  type: ManagerType | undefined,
  types: readonly ServerPowerType[],
): ServerPowerType | undefined {
  const name = type !== undefined && isManagerModule(type) ? 'module' : type
  return types.find((each) => each.type === name)
}

/**
 * What a module exports that `type` names by its path, as default or under the name `serverPower`. It is called once for each
 * server, and throws where its options are wrong.
 */
export type ServerPowerFactory = (
  options: Readonly<Record<string, unknown>>,
  context: PowerContext,
) => ServerPower | Promise<ServerPower>

/** What a power is told besides its keys. */
export interface PowerContext {
  readonly server: PoweredServer
  /** Absolute: where relative paths in the keys begin. Of a module's options that is the folder of `infrarust.toml`. */
  readonly folder: string
  /** Where this power may keep what it has to know after a restart; absolute, its own, made by who writes there. */
  readonly stateFolder: string
  /** What the operator should know that no promise tells. The name of the server is added. */
  readonly notice: (notice: Notice) => void
}

/** The server that is started and stopped. */
export interface PoweredServer {
  readonly id: string
  /** Name of the provider that owns it, such as `docker`. */
  readonly provider: string
  /** Which one it is for its provider: of a container its name. */
  readonly key: string
  /** `servers/survival.toml`, `container "lobby"`. */
  readonly source: string
}
