import {
  type AccessRecord,
  BackendNames,
  configuredMessages,
  Gateway,
  NameLookup,
  OwnEndpoints,
  ProviderRegistry,
  RELAYED_STATUSES,
  readGateway,
} from '@infrarust/core'
import type { Policy } from '@infrarust/core/policy'
import { type Provider, validateServer } from '@infrarust/core/provider'
import { nodeTransport } from '@infrarust/core/transport'

/** What this proxy is made of; `values` are the keys of `infrarust.toml`. */
export interface ProxyOptions {
  readonly values: Readonly<Record<string, unknown>>
  readonly provider: Provider
  readonly policies: readonly Policy[]
  readonly record: (record: AccessRecord) => void
  readonly notice: (message: string) => void
}

/** Starts a proxy in this process. */
export async function startProxy({ values, provider, policies, record, notice }: ProxyOptions) {
  const { config, problems } = readGateway(values)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))

  // Where servers are: their names are looked up, and a server that is this proxy itself is never dialled.
  const own = new OwnEndpoints()
  const lookup = new NameLookup()
  const names = new BackendNames({
    lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
    log: notice,
    isOwn: (endpoint) => own.has(endpoint),
  })

  // Which servers there are: what the provider lists.
  const registry = new ProviderRegistry({
    validate: validateServer,
    log: ({ message }) => notice(message),
    onSwap: (servers) => names.use(servers),
  })

  // What becomes of a connection, and what moves its bytes.
  const gateway = new Gateway({
    settings: {
      ...config,
      maxConnections: config.maxConnections || 10_000,
      pendingLimits: config.rateLimit,
      policies,
      messages: configuredMessages(config),
      statuses: RELAYED_STATUSES,
    },
    routes: registry,
    endpoints: names,
    record,
    notice: ({ message }) => notice(message),
  })
  const transport = nodeTransport({
    handler: gateway,
    notice: ({ message }) => notice(message),
    keepAlive: config.keepAlive,
  })
  gateway.attach(transport)

  // The servers first: a player who comes before them would be told that there are none.
  registry.use([provider])
  const addresses = []
  for (const { name, host, port } of config.listeners) {
    const address = await transport.listen({ name, host, port })
    own.add(address)
    addresses.push(address)
  }
  return {
    gateway,
    addresses,
    /** Nobody is let in any more, and every session ends. Each connection has had its record when this resolves. */
    async stop() {
      await transport.stopListening()
      gateway.drain()
      registry.stop()
      await transport.close()
      names.stop()
    },
  }
}
