/** For who writes what starts and stops servers: the contract, its keys, and how a program lists a type. */

export type {
  JoinAnswer,
  JoiningLogin,
  ManagedServers,
  ServerPhase,
  ServerSight,
} from '../power/managed-servers.ts'
export {
  type CommandKeys,
  type DockerKeys,
  type LocalKeys,
  type ManagerTimes,
  type ModuleKeys,
  managerKeys,
  type PanelKeys,
  type ServerManagerConfig,
} from '../power/manager-keys.ts'
export {
  type BuiltInManagerType,
  MANAGER_TYPES,
  type ManagerModule,
  type ManagerType,
  type ManagerTypeRow,
} from '../power/manager-type.ts'
export { PowerError, type PowerErrorCode } from '../power/power-error.ts'
export type { GatewayWithWake, ServerWithPower } from '../power/power-feature.ts'
export {
  type PowerContext,
  type PoweredServer,
  powerTypeFor,
  type ServerPowerFactory,
  type ServerPowerType,
} from '../power/power-type.ts'
export type { PowerCheck, PowerReading, PowerState, ServerPower } from '../power/server-power.ts'
export type { GatewayWake, ServerWake } from '../power/wake-keys.ts'
