import type { Server } from '../../src/index.ts'
import { NO_RULES } from '../gateway/fixtures.ts'

/** A server for tests that look at one thing of it. */
export function server(given: Partial<Server> & Pick<Server, 'id'>): Server {
  return {
    name: given.id,
    provider: 'test',
    source: `servers/${given.id}.toml`,
    state: 'online',
    domains: [],
    addresses: [],
    isDefault: false,
    proxyMode: 'passthrough',
    sendProxyProtocol: false,
    proxyProtocol: { passTlvs: false, authority: false, uniqueId: false, crc32c: false, maxHeaderBytes: 536 },
    domainRewrite: undefined,
    timeouts: { connectMs: 5_000, loginAnswerMs: 25_000, idleMs: 0 },
    messages: {},
    motd: {},
    disconnectMessage: undefined,
    ...NO_RULES,
    ...given,
  }
}
