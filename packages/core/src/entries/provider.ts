/** For who writes a provider: the contract, what a server is made of, and the tables that keys are read by. */

export {
  type FieldsOf,
  isSecretAt,
  joined,
  type Key,
  type KeyRow,
  type KeyTable,
  keyTable,
  type OtherNames,
  pathText,
  rowAt,
  type ShortForm,
  type SubTable,
  type TableList,
  type Writer,
} from '../config/key-table.ts'
export type { Problem } from '../config/problem.ts'
export { type LabelFault, type LabelReading, readLabels } from '../config/read-labels.ts'
export { isRecord, isWithheld, readTable, type TableReading } from '../config/read-table.ts'
export { nearest } from '../config/suggestion.ts'
export { adviceFor } from '../config/unknown-key.ts'
export {
  gives,
  isNot,
  type JsonSchema,
  type Reading,
  show,
  type ValueType,
  withoutPassword,
} from '../config/value-type.ts'
export { choice } from '../config/values/choice.ts'
export { domainPattern } from '../config/values/domain.ts'
export { duration, formatDuration, parseDuration } from '../config/values/duration.ts'
export {
  type BackendAddress,
  type BindAddress,
  backendAddress,
  backendAddressOnNetwork,
  bindAddress,
  bindAddressWithPort,
  type ListenerAddress,
} from '../config/values/host-and-port.ts'
export { hostName } from '../config/values/host-name.ts'
export { list } from '../config/values/list.ts'
export { network } from '../config/values/network.ts'
export { boolean, integer, port, text } from '../config/values/plain.ts'
export { size } from '../config/values/size.ts'
export {
  type BuiltInProvider,
  type BuiltInProviderParts,
  builtInProvider,
  type ConfiguredProvider,
} from '../provider/built-in.ts'
export type { Diagnostic, Emission, Provider } from '../provider/contract.ts'
export { LineBounds, leftOutText } from '../provider/line-bounds.ts'
export { type LoadedProvider, loadProvider, type ProviderContext, type ProviderFactory } from '../provider/load.ts'
export { isModulePath, type LoadedFactory, loadFactory, whyNotLoaded } from '../provider/load-factory.ts'
export { thrownStack, thrownText } from '../provider/thrown.ts'
export type { ServerDefinition } from '../server/definition.ts'
export { logsInForPlayers, type ProxyMode, type Server } from '../server/server.ts'
export { besideGateway, type ServerFile, serverKeys } from '../server/server-keys.ts'
export { serverValidator, validateServer } from '../server/validate-server.ts'
export type { ValidatedServer, ValidateServer } from '../server/validated-server.ts'
