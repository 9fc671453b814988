import type { DecodeOptions } from '@infrarust/proxy-protocol'
import type { DialsUnderWay } from '../loop/dials-under-way.ts'
import type { Messages } from '../messages/messages.ts'
import type { EndpointMemory } from '../names/endpoint-memory.ts'
import type { EndpointSource } from '../names/endpoint-source.ts'
import type { PolicyChain } from '../policy/chain.ts'
import type { ManagedServers } from '../power/managed-servers.ts'
import type { ReceivedProxyProtocol } from '../proxy-header/proxy-protocol-keys.ts'
import type { Notice } from '../record/notice.ts'
import type { Routes } from '../router/routes.ts'
import type { UnknownNames } from '../router/unknown-names.ts'
import type { Server } from '../server/server.ts'
import type { StatusSource } from '../status/status-source.ts'
import type { GatewayTimeouts } from '../timeouts/gateway-timeout-keys.ts'
import type { ConnectionId } from '../transport/contract.ts'
import type { Logins } from './logins.ts'
import type { RefusalBudget } from './refusal-budget.ts'
import type { StatusResponses } from './status-responses.ts'

/** All that the logic of a connection asks. Every question is answered at once; nothing here is a promise it waits for. */
export interface ConnectionContext {
  readonly settings: ConnectionSettings
  readonly policies: PolicyChain<Server>
  readonly routes: Routes
  readonly endpoints: EndpointSource
  readonly statuses: StatusSource
  readonly statusResponses: StatusResponses
  readonly messages: Messages
  readonly dials: DialsUnderWay
  readonly endpointMemory: EndpointMemory
  readonly unknownNames: UnknownNames
  /** The connections that may be kept for the sake of an answer. */
  readonly refusals: RefusalBudget
  /** Undefined where no server has a mode that takes part in logins. */
  readonly logins: Logins | undefined
  /** Undefined where no server is started and stopped here. */
  readonly managed: ManagedServers | undefined
  /** 1 to 128 bytes that name this connection for a backend; never used twice. */
  uniqueId(id: ConnectionId): Uint8Array
  notice(notice: Notice): void
  /** The same, unless one with this key was given in the last `againMs`: what would repeat itself with each connection. */
  noticeSeldom(key: string, againMs: number, notice: Notice): void
}

/** What of the configuration concerns each connection. */
export interface ConnectionSettings {
  readonly timeouts: GatewayTimeouts
  /** For one attempt to dial, where the server sets none. */
  readonly connectTimeoutMs: number
  readonly unknownDomainBehavior: 'default_motd' | 'drop'
}

/** A listener as the connections that it has accepted ask it. */
export interface ListenerRules {
  readonly name: string
  readonly proxyProtocol: ReceivedProxyProtocol
  /** What of a header is to be decoded here: the same for each connection. */
  readonly decoding: DecodeOptions
  /** Whether `trusted` or `trusted_file` is written down and holds this canonical address now; at a Unix socket everybody is. */
  isTrusted(address: string): boolean
}
