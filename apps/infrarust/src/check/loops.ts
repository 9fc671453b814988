import { BackendNames, endpointText, lookUpInHostsFile, type OwnEndpoints, type Server } from '@infrarust/core'
import type { Finding } from './first-snapshot.ts'

/**
 * Servers whose addresses are listeners of this proxy. Of names only those of the hosts file are known here, since a check
 * asks nobody.
 */
export async function loopFindings(servers: readonly Server[], own: OwnEndpoints): Promise<readonly Finding[]> {
  const names = new BackendNames({ lookUp: lookUpInHostsFile, log: () => {}, isOwn: (endpoint) => own.has(endpoint) })
  try {
    const findings = await Promise.all(servers.map((server) => loopFinding(server, names)))
    return findings.filter((finding) => finding !== undefined)
  } finally {
    names.stop()
  }
}

async function loopFinding(server: Server, names: BackendNames): Promise<Finding | undefined> {
  const { id, source, addresses } = server
  const leadsBack = await Promise.all(addresses.map((address) => isLoop({ ...server, addresses: [address] }, names)))
  const back = addresses.filter((_, index) => leadsBack[index])
  if (back.length === 0) return undefined
  const message =
    `${source}: server "${id}" leads back to this proxy: it listens at ${back.map(endpointText).join(', ')} itself, ` +
    'so nobody is sent there; write where the server listens'
  // With another address players still get to a server.
  return { level: back.length === addresses.length ? 'error' : 'warn', message }
}

async function isLoop(server: Server, names: BackendNames): Promise<boolean> {
  for (;;) {
    const found = names.of(server)
    // A name may have addresses of both families, of which the proxy listens at one.
    if (found.kind !== 'pending') return found.kind === 'loop' || (found.kind === 'ready' && found.own !== undefined)
    await found.done
  }
}
