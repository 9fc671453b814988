import { isUnixName } from '../addresses/unix-name.ts'
import { type KeyTable, pathText, rowsOf } from '../config/key-table.ts'
import type { Problem } from '../config/problem.ts'
import { firstOf, isAttempted, isRecord, readTable } from '../config/read-table.ts'
import type { ListenerAddress } from '../config/values/host-and-port.ts'
import { withResolvedFiles } from '../filter/ip-filter-keys.ts'
import { limitsInForce } from '../limit/rate-limit-keys.ts'
import { withAbsoluteFavicons } from '../messages/favicon-paths.ts'
import type { BuiltInProvider, ConfiguredProvider } from '../provider/built-in.ts'
import type { CustomProvider } from '../provider/provider-keys.ts'
import {
  type ReceivedProxyProtocol,
  receivedProxyProtocolKeys,
  withResolvedTrustedFile,
} from '../proxy-header/proxy-protocol-keys.ts'
import { believesEverybody } from '../proxy-header/trusted-peers.ts'
import { bindsOverlap } from './binds-overlap.ts'
import type { GatewayConfig, ListenerConfig } from './gateway-config.ts'
import { type GatewayFile, gatewayKeys, type ListenerFile, listenerKeys, ownGatewayKeys } from './gateway-keys.ts'
import type { ProgramKeys } from './program-keys.ts'

/** What `readGateway` has read. */
export interface GatewayReading<Own = unknown> {
  /** Not to be used where there are problems. */
  readonly config: GatewayConfig & Own
  readonly problems: readonly Problem[]
  /** What was written and does nothing: the program says so once. */
  readonly warnings: readonly Problem[]
}

/** What `readGateway` is told besides. */
export interface ReadGatewayOptions<Own = unknown> {
  /** Where relative paths of pictures and lists begin; without it those of pictures are refused. */
  readonly folder?: string
  /** What may stand in the file beside the keys of the gateway. Default: nothing. */
  readonly program?: ProgramKeys<Own>
  /** Paths of values that no message may show, beside those of secret keys. */
  readonly withheld?: readonly (readonly string[])[]
}

/**
 * Reads what `infrarust.toml` says.
 *
 * @param written the values as a TOML parser gives them; `{}` gives the defaults
 */
export function readGateway<Own>(
  written: unknown,
  { folder, program = {}, withheld = [] }: ReadGatewayOptions<Own> = {},
): GatewayReading<Own> {
  const tables: KeyTable<Own> = program.tables ?? rowsOf([])
  const values = withAbsoluteFavicons(written, 'default_motd', folder)
  const { problems: found, warnings } = readTable(gatewayKeys(program), values, undefined, 'operator', withheld)
  // Each for itself: what the tables of providers say is for them alone, in types of their own.
  const { value: file } = readTable(ownGatewayKeys, values)
  const { value: own } = readTable(tables, values)
  const problems = [...found]
  const proxyProtocol = globalProxyProtocol(file, written, problems)
  const listeners = readListeners(file, written, proxyProtocol, problems)
  refuseOptionalWithoutTrusted(listeners, written, problems)
  const { bind, receiveProxyProtocol, proxyProtocol: _, rateLimit, ipFilter, ...rest } = file
  const config = {
    ...own,
    ...rest,
    listeners: listeners.map((listener) => ({
      ...listener,
      proxyProtocol: withResolvedTrustedFile(listener.proxyProtocol, folder),
    })),
    ipFilter: withResolvedFiles(ipFilter, folder),
    rateLimit: limitsInForce(rateLimit),
    builtInProviders: configured(program.builtIn ?? [], written),
    providers: readProviders(file, written, problems),
  }
  problems.push(...(program.check?.(config, (path) => isAttemptedAt(gatewayKeys(program), written, path)) ?? []))
  return { config, problems: firstOf(problems), warnings: firstOf(warnings) }
}

const DEFAULT_BIND: ListenerAddress = { text: '0.0.0.0:25565', host: '0.0.0.0', port: 25_565 }

function globalProxyProtocol(file: GatewayFile, written: unknown, problems: Problem[]): ReceivedProxyProtocol {
  const { receiveProxyProtocol, proxyProtocol } = file
  if (receiveProxyProtocol === undefined) return proxyProtocol
  const mode = receiveProxyProtocol ? 'required' : 'off'
  if (hasKey(written, 'proxy_protocol', 'mode') && proxyProtocol.mode !== mode) {
    problems.push({
      path: ['receive_proxy_protocol'],
      message: `receive_proxy_protocol = ${receiveProxyProtocol} contradicts mode = "${proxyProtocol.mode}" in [proxy_protocol]; keep one of the two`,
    })
  }
  return { ...proxyProtocol, mode }
}

/** A listener with the path of its table, for messages. */
type PlacedListener = ListenerConfig & { readonly path: readonly string[] }

function readListeners(
  file: GatewayFile,
  written: unknown,
  proxyProtocol: ReceivedProxyProtocol,
  problems: Problem[],
): readonly ListenerConfig[] {
  if (file.listeners.length === 0) {
    const bind = file.bind ?? DEFAULT_BIND
    const name = bind.text
    return [
      { name, host: bind.host, port: bind.port, proxyProtocol: receivedAt(bind, proxyProtocol, [], written, problems) },
    ]
  }
  if (file.bind !== undefined) {
    problems.push({
      path: ['bind'],
      message: 'bind and [[listener]] are both there; write each address as a [[listener]] with its bind',
    })
  }
  const placed = file.listeners.flatMap((listener, index) =>
    placeListener(listener, index, written, proxyProtocol, problems),
  )
  refuseTwice(placed, problems)
  return placed.map(({ path: _, ...listener }) => listener)
}

function placeListener(
  listener: ListenerFile,
  index: number,
  written: unknown,
  proxyProtocol: ReceivedProxyProtocol,
  problems: Problem[],
): PlacedListener[] {
  const path = ['listener', String(index)]
  const { bind } = listener
  if (bind === undefined) {
    const table = valueAt(written, path)
    // A bind that is there and wrong, or misspelt, has its problem already.
    if (isRecord(table) && !isAttempted(listenerKeys, table, 'bind'))
      problems.push({
        path,
        message: `[[listener]] number ${index + 1} has no bind; add one such as bind = "0.0.0.0:25566"`,
      })
    return []
  }
  // Once more with the global table as the ground: it is replaced key by key. What is wrong has been reported before.
  const own = readTable(receivedProxyProtocolKeys, valueAt(written, [...path, 'proxy_protocol']), proxyProtocol).value
  const name = listener.name ?? bind.text
  return [
    { path, name, host: bind.host, port: bind.port, proxyProtocol: receivedAt(bind, own, path, written, problems) },
  ]
}

/**
 * Which headers a listener takes. At a Unix socket nobody has an address but by a header, so each must have one; and no
 * network says who is believed, but the mode of the socket, which says who can connect.
 */
function receivedAt(
  { host }: ListenerAddress,
  proxyProtocol: ReceivedProxyProtocol,
  path: readonly string[],
  written: unknown,
  problems: Problem[],
): ReceivedProxyProtocol {
  if (!isUnixName(host)) return proxyProtocol
  const own = path.length === 0 ? '[proxy_protocol]' : `[${path[0]}.proxy_protocol]`
  if (proxyProtocol.mode !== 'required') {
    const inOwn = [...path, 'proxy_protocol', 'mode']
    problems.push({
      path: hasKey(written, ...inOwn) ? inOwn : [...path, 'bind'],
      message: `${host} is a Unix socket, where only a PROXY header says who the client is, and the mode is "${proxyProtocol.mode}"; write mode = "required" in ${own}`,
    })
  }
  for (const key of ['trusted', 'trusted_file']) {
    const trusted = [...path, 'proxy_protocol', key]
    if (!hasKey(written, ...trusted)) continue
    problems.push({
      path: trusted,
      message: `${pathText(trusted)} names networks, and whoever connects to ${host} is in none; leave it out: the socket itself says who may connect, its owner and its group (mode 0660)`,
    })
  }
  return { ...proxyProtocol, mode: 'required', trusted: undefined, trustedFile: undefined }
}

function refuseTwice(listeners: readonly PlacedListener[], problems: Problem[]): void {
  for (const [index, listener] of listeners.entries()) {
    const earlier = listeners.slice(0, index)
    const taken = earlier.find((other) => bindsOverlap(other, listener))
    if (taken !== undefined)
      problems.push({
        path: [...listener.path, 'bind'],
        message:
          taken.host === listener.host
            ? `two listeners bind ${listener.port === undefined ? listener.host : `${listener.host} port ${listener.port}`}`
            : `${listener.host} and ${taken.host} of another listener overlap on port ${listener.port}: 0.0.0.0 is every IPv4 address, :: every address`,
      })
    else if (earlier.some(({ name }) => name === listener.name))
      problems.push({ path: [...listener.path, 'name'], message: `two listeners are called "${listener.name}"` })
  }
}

/** Anybody could put any address into a header, and bans and limits would fall on whom they choose. */
function refuseOptionalWithoutTrusted(
  listeners: readonly ListenerConfig[],
  written: unknown,
  problems: Problem[],
): void {
  const refused = new Set<string>()
  for (const [index, { proxyProtocol }] of listeners.entries()) {
    if (proxyProtocol.mode !== 'optional' || !believesEverybody(proxyProtocol)) continue
    const own = ['listener', String(index), 'proxy_protocol', 'mode']
    const path = hasKey(written, ...own) ? own : ['proxy_protocol', 'mode']
    if (refused.has(pathText(path))) continue
    refused.add(pathText(path))
    problems.push({
      path,
      message: `${pathText(path)} is "optional" without trusted: anybody could claim any address; list the networks of your load balancers in trusted`,
    })
  }
}

function configured(builtIn: readonly BuiltInProvider[], written: unknown): readonly ConfiguredProvider[] {
  return builtIn.flatMap((provider) => {
    const table = valueAt(written, [provider.name])
    return table === undefined ? [] : [provider.configure(table)]
  })
}

function readProviders(file: GatewayFile, written: unknown, problems: Problem[]): readonly CustomProvider[] {
  return file.providers.flatMap(({ use, options }, index) => {
    if (use !== undefined) return [{ use, options }]
    const path = ['provider', String(index)]
    // A `use` that is there and wrong has its problem already.
    if (!hasKey(written, ...path, 'use'))
      problems.push({
        path,
        message: `[[provider]] number ${index + 1} does not say which; add use = "./my-provider.ts"`,
      })
    return []
  })
}

/** Also where a table around it is none: that is told of the table. */
function isAttemptedAt(table: KeyTable<unknown>, written: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  if (Array.isArray(written)) return isAttemptedAt(table, written[Number(name)], rest)
  if (!isRecord(written)) return written !== undefined
  if (rest.length === 0) return isAttempted(table, written, name)
  const inner = table.rows.map(([, row]) => row).find((row) => row.name === name)
  return inner !== undefined && inner.kind !== 'key' && isAttemptedAt(inner.table, written[name], rest)
}

function hasKey(written: unknown, ...path: readonly string[]): boolean {
  return valueAt(written, path) !== undefined
}

function valueAt(written: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return written
  if (Array.isArray(written)) return valueAt(written[Number(name)], rest)
  return isRecord(written) && Object.hasOwn(written, name) ? valueAt(written[name], rest) : undefined
}
