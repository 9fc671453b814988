import { Resolver } from 'node:dns/promises'
import { canonicalAddress } from '@infrarust/proxy-protocol'
import { readHostName } from '../config/values/host-name.ts'
import { addressesInHostsFile, readTextFile } from './hosts-file.ts'
import { searchCandidates } from './search-list.ts'

/** What one look-up of a backend's name gave. */
export type NameAnswer =
  | { readonly kind: 'found'; readonly targets: readonly NameTarget[]; readonly ttlSeconds: number }
  | { readonly kind: 'failed'; readonly message: string }

/** One address that a name leads to. */
export interface NameTarget {
  readonly address: string
  /** From an SRV record; undefined: the one that the server says, or the default. */
  readonly port: number | undefined
}

/** Whom `NameLookup` asks, and for how long. */
export interface NameLookupOptions {
  /** Resolvers as `192.0.2.1` or `192.0.2.1:5353`; undefined: those of resolv.conf. */
  readonly resolvers?: readonly string[]
  readonly hostsFile?: string
  readonly resolvConf?: string
  /** For one try of one question; there are two tries. */
  readonly tryTimeoutMs?: number
}

/** An SRV record set longer than this is not a backend's. */
const MAX_SRV_TARGETS = 8
/** How long an answer holds that has no TTL: the hosts file. */
const HOSTS_TTL_SECONDS = 30

/**
 * Asks c-ares, which waits on sockets in the event loop. `dns.lookup` would wait in libuv's pool of four threads: four
 * names of a dead resolver, and no file is read any more. What `dns.lookup` has besides, the hosts file and the search
 * list, is read here.
 */
export class NameLookup {
  readonly #options: NameLookupOptions

  constructor(options: NameLookupOptions = {}) {
    this.#options = options
  }

  /**
   * Looks up the addresses of a name, IPv4 before IPv6; with `wantsSrv` the targets of `_minecraft._tcp.<name>` where
   * there are any. Never rejects.
   */
  async lookUp(host: string, wantsSrv: boolean): Promise<NameAnswer> {
    const name = host.toLowerCase()
    if (!isHostName(name)) return { kind: 'failed', message: `${JSON.stringify(host)} is no name of a host` }
    const { hostsFile = '/etc/hosts', resolvConf = '/etc/resolv.conf' } = this.#options
    const [hosts, resolvConfText] = await Promise.all([readTextFile(hostsFile), readTextFile(resolvConf)])
    const local = addressesInHostsFile(hosts, name)
    if (local.length > 0) return found(local.map(withoutPort), HOSTS_TTL_SECONDS)

    const resolver = this.#resolver()
    // One label is a container or a service: nobody publishes SRV for it, and the question may leave the house.
    const srv = wantsSrv && name.includes('.') ? this.#srvTargets(resolver, name, hosts) : undefined
    let failure = ''
    for (const candidate of searchCandidates(name, resolvConfText).filter(isHostName)) {
      const [targets, answer] = await Promise.all([srv, addressesOf(resolver, candidate)])
      if (targets !== undefined && targets.targets.length > 0) return { kind: 'found', ...targets }
      if (answer.kind === 'found') return answer
      failure ||= answer.message
    }
    return { kind: 'failed', message: failure }
  }

  #resolver(): Resolver {
    const { resolvers, tryTimeoutMs = 1_000 } = this.#options
    const resolver = new Resolver({ timeout: tryTimeoutMs, tries: 2, maxTimeout: tryTimeoutMs })
    if (resolvers !== undefined) resolver.setServers(resolvers)
    return resolver
  }

  /** In the order of priority, then of weight: every proxy and every reload has the same order of failover. */
  async #srvTargets(
    resolver: Resolver,
    name: string,
    hosts: string,
  ): Promise<{ readonly targets: readonly NameTarget[]; readonly ttlSeconds: number }> {
    const records = await resolver.resolveSrv(`_minecraft._tcp.${name}`).catch(() => [])
    const ordered = records
      // What a zone says is a stranger's text: "." means "no such service", and anything else may stand there too.
      .filter((record) => isHostName(record.name))
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight || (a.name < b.name ? -1 : 1))
      .slice(0, MAX_SRV_TARGETS)
    const answers = await Promise.all(
      ordered.map(async ({ name: target, port }) => {
        const local = addressesInHostsFile(hosts, target.toLowerCase())
        const answer =
          local.length > 0 ? found(local.map(withoutPort), HOSTS_TTL_SECONDS) : await addressesOf(resolver, target)
        return answer.kind === 'found'
          ? { ...answer, targets: answer.targets.map(({ address }) => ({ address, port })) }
          : answer
      }),
    )
    const good = answers.filter((answer) => answer.kind === 'found')
    return {
      targets: good.flatMap(({ targets }) => targets),
      ttlSeconds: Math.min(HOSTS_TTL_SECONDS, ...good.map(({ ttlSeconds }) => ttlSeconds)),
    }
  }
}

/** What the hosts file says of a name: all that can be known without asking anybody. Never rejects. */
export async function lookUpInHostsFile(host: string): Promise<NameAnswer> {
  const local = addressesInHostsFile(await readTextFile('/etc/hosts'), host.toLowerCase())
  return local.length > 0
    ? found(local.map(withoutPort), HOSTS_TTL_SECONDS)
    : { kind: 'failed', message: `"${host}" is not in the hosts file` }
}

/** Whether it may be asked for; a dot at its end is the root. */
function isHostName(name: string): boolean {
  return name === name.trim() && 'name' in readHostName(name)
}

async function addressesOf(resolver: Resolver, name: string): Promise<NameAnswer> {
  const [a, aaaa] = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }),
    resolver.resolve6(name, { ttl: true }),
  ])
  const records = [a, aaaa].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (records.length > 0)
    return found(
      records.map(({ address }) => withoutPort(canonicalAddress(address) ?? address)),
      Math.min(...records.map(({ ttl }) => ttl)),
    )
  return {
    kind: 'failed',
    message: `"${name}" has no address: ${a.status === 'rejected' ? codeOf(a.reason) : 'ENODATA'}`,
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}

function found(targets: readonly NameTarget[], ttlSeconds: number): NameAnswer {
  return { kind: 'found', targets, ttlSeconds }
}

function withoutPort(address: string): NameTarget {
  return { address, port: undefined }
}
