import { endpointText, type Server, type ServerDiff } from '@infrarust/core'

/** What a new routing table brings, in the words that the log and `infrarust reload` share. */
export function serverChanges({ added, changed, removed }: ServerDiff): readonly { server: Server; text: string }[] {
  return [
    ...added.map((server) => ({ server, text: `server "${server.id}" added: ${serverText(server)}` })),
    ...changed.map(({ after, keys }) => ({
      server: after,
      text: `server "${after.id}" changed: ${serverText(after)} (${keys.join(', ')})`,
    })),
    ...removed.map((server) => ({ server, text: `server "${server.id}" removed` })),
  ]
}

/** `survival.example.com, default -> 10.0.1.5:25565, sends PROXY v2` */
function serverText({ domains, isDefault, addresses, sendProxyProtocol, state, serverManager }: Server): string {
  const names = [...domains, ...(isDefault ? ['every other domain'] : [])].join(', ')
  // A container has no address while it does not run.
  const where =
    addresses.map(endpointText).join(', ') || (serverManager === undefined ? 'nowhere' : 'where it is started')
  const header = sendProxyProtocol === false ? '' : `, sends PROXY v${sendProxyProtocol}`
  return `${names} -> ${where}${header}${state === 'online' ? '' : ` (${state})`}`
}
