import {
  type EndpointSource,
  Gateway,
  type GatewayOptions,
  type Logins,
  type OwnEndpoints,
  type Routes,
  type StatusSource,
} from '@infrarust/core'
import type { Policy } from '@infrarust/core/policy'
import type { ManagedServers } from '@infrarust/core/server-power'
import { LINGER_MS, type Transport } from '@infrarust/core/transport'
import type { Logger } from 'pino'
import type { Config } from '../program-keys.ts'
import { drained } from './drain.ts'
import { listenOn } from './listen.ts'
import { gatewaySettings } from './settings.ts'
import { transportFor } from './transport.ts'

export interface TrafficOptions extends Pick<GatewayOptions, 'record' | 'notice' | 'trusted'> {
  readonly config: Config
  /** Gets each address that is bound. */
  readonly own: OwnEndpoints
  /** In the order in which they are asked. */
  readonly policies: readonly Policy[]
  readonly statuses: StatusSource
  readonly logins: Logins
  readonly managed: ManagedServers
  readonly routes: Routes
  readonly endpoints: EndpointSource
  readonly logger: Logger
}

/** The connections: the gateway that decides about them, and the transport that has them. */
export class Traffic {
  readonly gateway: Gateway
  readonly transport: Transport
  readonly #own: OwnEndpoints
  readonly #policies: readonly Policy[]
  readonly #statuses: StatusSource
  readonly #logins: Logins
  readonly #managed: ManagedServers
  readonly #logger: Logger

  constructor({ config, own, policies, statuses, logins, managed, logger, ...rest }: TrafficOptions) {
    this.#own = own
    this.#policies = policies
    this.#statuses = statuses
    this.#logins = logins
    this.#managed = managed
    this.#logger = logger
    this.gateway = new Gateway({ ...rest, settings: gatewaySettings(config, policies, statuses, logins, managed) })
    this.transport = transportFor(this.gateway, config, logger)
  }

  /** @throws {ListenError} for the first address that cannot be bound */
  async listen({ listeners }: Config): Promise<void> {
    await listenOn(listeners, this.transport, this.#own, this.#logger)
  }

  use(config: Config): void {
    this.transport.keepAlive(config.keepAlive)
    this.gateway.reconfigure(gatewaySettings(config, this.#policies, this.#statuses, this.#logins, this.#managed))
  }

  /** From its end on nobody is accepted any more, and those who have no server yet are told so. */
  async stopListening(): Promise<void> {
    // A transport with threads has told by then what happened before, so that no session is mistaken for a dial.
    await this.transport.stopListening()
    this.gateway.drain()
  }

  /** Sessions go on for at most `timeoutMs`, or until `endNow`, then they are ended. Each has had its record at its end. */
  async stop(timeoutMs: number, endNow: AbortSignal): Promise<void> {
    await drained(this.gateway, timeoutMs, endNow)
    this.gateway.cut({ kind: 'matching', matches: () => true }, { reason: 'shutdown' })
    // The last texts are on their way.
    await drained(this.gateway, LINGER_MS, endNow)
    await this.transport.close()
  }
}
