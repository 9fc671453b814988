import { isUnixName } from '../addresses/unix-name.ts'
import { type KeyTable, NO_KEYS, type Writer } from '../config/key-table.ts'
import type { Problem } from '../config/problem.ts'
import { firstOf, isAttempted, isRecord, readTable } from '../config/read-table.ts'
import { withResolvedFiles } from '../filter/ip-filter-keys.ts'
import type { ForwardingGrant } from '../forwarding/forwarding-of.ts'
import { withAbsoluteFavicons } from '../messages/favicon-paths.ts'
import { withResolvedManager } from '../power/manager-paths.ts'
import { managerProblems } from '../power/manager-problems.ts'
import { hasControlCharacter } from '../text/control-characters.ts'
import type { ServerDefinition } from './definition.ts'
import { logsInForPlayers, type Server } from './server.ts'
import { besideGateway, type ServerFile, serverKeys } from './server-keys.ts'
import type { ValidatedServer, ValidateServer } from './validated-server.ts'

/**
 * Turns a definition into a server. Every provider's definitions go through here, so all of them read the same keys.
 *
 * @param writer who decides what stands in the definition; only the operator's own may read files
 */
export const validateServer: ValidateServer = serverValidator(NO_KEYS)

/**
 * The same for who knows the keys of `infrarust.toml`: one of them that stands in a server's file is told its place.
 *
 * @param gateway `gatewayKeys` of the program
 */
export function serverValidator(gateway: KeyTable<unknown>): ValidateServer {
  const keys = besideGateway(serverKeys, gateway)
  return (definition, providerName, writer = 'anyone') => validate(definition, providerName, writer, keys)
}

function validate(
  definition: ServerDefinition,
  providerName: string,
  writer: Writer,
  keys: KeyTable<ServerFile>,
): ValidatedServer {
  const values =
    writer === 'operator' ? withAbsoluteFavicons(definition.values, 'motd', definition.folder) : definition.values
  const { value: file, problems: found, warnings } = readTable(keys, values, undefined, writer, definition.withheld)
  const state = definition.state ?? 'online'
  const grant = grantOf(definition, writer)
  const problems = [
    ...found,
    ...contradictions(file, definition, state, providerName),
    ...forwardingProblems(file, grant),
    ...powerProblems(file, definition, providerName),
  ]
  if (problems.length > 0) return { problems: firstOf(problems) }
  const id = file.id ?? definition.key
  const server: Server = {
    ...file,
    id,
    name: file.name ?? id,
    provider: providerName,
    source: definition.source,
    state,
    domainRewrite: rewrittenDomain(file),
    forwardingGrant: grant,
    ipFilter: withResolvedFiles(file.ipFilter, definition.folder),
    serverManager: ofOwnContainer(withResolvedManager(file.serverManager, definition.folder), definition, providerName),
    playerFilter: withResolvedFiles(file.playerFilter, definition.folder),
  }
  return { server, warnings: firstOf([...claimedUuids(server), ...warnings]) }
}

/** What no single key can see. */
function contradictions(
  file: ServerFile,
  { key, values }: ServerDefinition,
  state: Server['state'],
  providerName: string,
): readonly Problem[] {
  const problems: Problem[] = []
  // A key is the name of a file, or whatever a provider has made up; an id that is written is judged with its key.
  if (file.id === undefined && hasControlCharacter(key))
    problems.push({
      path: ['id'],
      message: `${JSON.stringify(key)} has control characters and cannot be the id of a server; write id = "survival"`,
    })
  // A container that does not run has no address; it is answered for and never dialled. One that is started for a player
  // has one by the time that it is up.
  const mayLackAddress = state !== 'online' || (providerName === 'docker' && file.serverManager !== undefined)
  if (file.addresses.length === 0 && !mayLackAddress && isMissing(values, 'addresses'))
    problems.push({
      path: ['addresses'],
      message: 'addresses is missing; write where the server is: addresses = ["10.0.1.5:25565"]',
    })
  if (file.domains.length === 0 && !file.isDefault && isMissing(values, 'domains'))
    problems.push({
      path: ['domains'],
      message:
        'domains is missing, so nobody can reach this server; write domains = ["survival.example.com"], or default = true',
    })
  // The client proves itself with the key that it has seen, which is ours, and a server in online mode asks about its own.
  if (file.proxyMode === 'full')
    problems.push({
      path: ['proxy_mode'],
      message:
        'proxy_mode = "full" cannot be: a player cannot be authenticated by the proxy and once more by the server behind it; ' +
        'write "passthrough" where the server has online-mode=true, or "client_only" with forwarding_mode = "velocity" where ' +
        'the proxy is to do it and the server has online-mode=false',
    })
  if (file.domainRewrite.kind === 'from-backend' && isUnixName(file.addresses[0]?.host ?? ''))
    problems.push({
      path: ['domain_rewrite'],
      message: `domain_rewrite is "from_backend", and the first address, ${file.addresses[0]?.host}, has no host; write the domain that the server is to see, such as domain_rewrite = "lobby.internal"`,
    })
  const { passTlvs, authority, uniqueId, crc32c } = file.proxyProtocol
  if ((passTlvs || authority || uniqueId || crc32c) && file.sendProxyProtocol !== 2)
    problems.push({
      path: ['proxy_protocol'],
      message: '[proxy_protocol] needs a version 2 header; write send_proxy_protocol = true',
    })
  return problems
}

function grantOf({ mayBeForwarded = false }: ServerDefinition, writer: Writer): ForwardingGrant {
  if (writer === 'operator') return 'any'
  return mayBeForwarded ? 'without-token' : 'none'
}

/** Who is announced to a server, and how it is logged in to, is decided where the proxy logs in; elsewhere the client does. */
function forwardingProblems(file: ServerFile, grant: ForwardingGrant): readonly Problem[] {
  const { proxyMode, forwardingMode, secretFile, transferIntent } = file
  const problems: Problem[] = []
  const isAsked = forwardingMode !== undefined && forwardingMode !== 'none'
  if (isAsked && grant === 'none')
    problems.push({
      path: ['forwarding_mode'],
      message:
        `forwarding_mode is "${forwardingMode}", and nobody but the operator decides which servers are told who players are; ` +
        'have it allowed for this provider (for labels: forwarding = true in [docker]), or leave it out',
    })
  // What `full` is refused for says it all.
  if (logsInForPlayers(proxyMode) || proxyMode === 'full') return problems
  if (isAsked)
    problems.push({
      path: ['forwarding_mode'],
      message:
        `forwarding_mode = "${forwardingMode}" needs the proxy to log in for the player, and with proxy_mode = "${proxyMode}" ` +
        'the player does that, so that the server finds out by itself who it is; write proxy_mode = "client_only" and ' +
        'online-mode=false in its server.properties, or leave forwarding_mode out (send_proxy_protocol = true is for the address)',
    })
  if (secretFile !== undefined)
    problems.push({
      path: ['secret_file'],
      message: `secret_file is for forwarding, which proxy_mode = "${proxyMode}" has none of; leave it out, or write proxy_mode = "client_only"`,
    })
  if (transferIntent !== 'keep')
    problems.push({
      path: ['transfer_intent'],
      message: `transfer_intent = "${transferIntent}" needs the proxy to log in for the player; leave it out, or write proxy_mode = "client_only"`,
    })
  return problems
}

/** What is wrong with `[server_manager]` as a whole; a key that could not be read has its problem already. */
function powerProblems(
  { serverManager }: ServerFile,
  { values }: ServerDefinition,
  providerName: string,
): readonly Problem[] {
  const written = values.server_manager
  if (serverManager === undefined || !isRecord(written)) return []
  return managerProblems(written, serverManager, providerName === 'docker')
}

/** Whoever labels a container starts and stops that one, whatever its labels call it. */
function ofOwnContainer(
  serverManager: Server['serverManager'],
  { key }: ServerDefinition,
  providerName: string,
): Server['serverManager'] {
  if (serverManager === undefined || providerName !== 'docker') return serverManager
  // Of several servers in one container the key is `container/server`; no name of a container has a slash.
  const [container] = key.split('/')
  return { ...serverManager, container }
}

/** A list that is there and could not be read, or whose key is misspelt, has its problem already. */
function isMissing(values: ServerDefinition['values'], key: string): boolean {
  const list = values[key]
  return list === undefined ? !isAttempted(serverKeys, values, key) : Array.isArray(list) && list.length === 0
}

function rewrittenDomain({ domainRewrite, addresses }: ServerFile): string | undefined {
  switch (domainRewrite.kind) {
    case 'none':
      return undefined
    case 'from-backend':
      return addresses[0]?.host
    case 'explicit':
      return domainRewrite.domain
  }
}

/** The server behind us finds out whether a name is true, but nobody whether a UUID is. */
function claimedUuids({ id, proxyMode, playerFilter: { whitelist } }: Server): readonly Problem[] {
  if (proxyMode === 'client_only' || !whitelist.some(({ kind }) => kind === 'uuid')) return []
  const message = `server "${id}": its player_filter lets players in by their UUID alone, and with proxy_mode "${proxyMode}" a client may claim any UUID: write their names`
  return [{ path: ['player_filter', 'whitelist'], message }]
}
