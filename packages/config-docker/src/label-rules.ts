import { canonicalAddress, coversPattern, isCatchAll, parseDomainPattern, prefixSet } from '@infrarust/core'
import { backendAddressOnNetwork, show } from '@infrarust/core/provider'
import type { ContainerNetwork } from '@infrarust/docker-engine'
import type { DockerConfig } from './docker-keys.ts'

/** What `[docker]` lets labels do. */
export type LabelRules = Pick<DockerConfig, 'allowedAddresses' | 'domains' | 'isDefaultAllowed' | 'isForwardingAllowed'>

export interface WithinRules {
  /** Without what is refused: domains must not be kept from anybody else either. */
  readonly values: Readonly<Record<string, unknown>>
  /** Each continues a sentence that begins with the container, and names the label and the key that would allow it. */
  readonly refusals: readonly string[]
}

/**
 * Holds what labels say against what the operator allows them. Whoever may label a container is not the operator: by
 * default a label leads to its own container, and takes no name that is everybody's.
 *
 * @param values   of the labels, as a TOML file would hold them
 * @param networks where the container itself is
 * @param labelOf  the whole label of a key
 */
export function withinRules(
  values: Readonly<Record<string, unknown>>,
  networks: readonly ContainerNetwork[],
  rules: LabelRules,
  labelOf: (key: string) => string,
): WithinRules {
  const refusals: string[] = []
  const refusedDomains = new Map<string, string>()
  for (const text of textsOf(values.domains)) {
    const why = refusedDomain(text, rules)
    if (why !== undefined) refusedDomains.set(text, why)
  }
  const [first, ...others] = refusedDomains
  if (first !== undefined) {
    const [domain, why] = first
    const more = others.length === 0 ? '' : ` (and ${others.length} more of its domains)`
    refusals.push(`label ${labelOf('domains')} holds ${show(domain)}, ${why}${more}`)
  }
  if (values.default === true && !rules.isDefaultAllowed)
    refusals.push(
      `label ${labelOf('default')} takes every domain that no server has; only allow_default = true in [docker] lets labels do so`,
    )
  const { forwarding_mode: forwardingMode, ...unforwarded } = values
  const isForwardingRefused = forwardingMode !== undefined && forwardingMode !== 'none' && !rules.isForwardingAllowed
  const permitted = isForwardingRefused ? unforwarded : values
  if (isForwardingRefused)
    refusals.push(
      `label ${labelOf('forwarding_mode')} asks to be told who players are; only forwarding = true in [docker] lets labels do so`,
    )
  const address = refusedAddress(textsOf(values.addresses), networks, rules)
  if (address !== undefined) refusals.push(`label ${labelOf('addresses')} ${address}`)
  if (refusedDomains.size === 0) return { values: permitted, refusals }
  const domains = textsOf(values.domains).filter((text) => !refusedDomains.has(text))
  return { values: { ...permitted, domains }, refusals }
}

/** Whether a domain that no label has written, such as that of the container’s name, is taken. */
export function isDomainAllowed(domain: string, rules: LabelRules): boolean {
  return refusedDomain(domain, rules) === undefined
}

function refusedDomain(text: string, { domains, isDefaultAllowed }: LabelRules): string | undefined {
  const parsed = parseDomainPattern(text)
  // No name at all: that is said by whoever reads the label.
  if (parsed.kind === 'invalid') return undefined
  const { pattern } = parsed
  if (isCatchAll(pattern) && !isDefaultAllowed)
    return "which takes everybody's domains; only allow_default = true in [docker] lets labels do so"
  if (domains === undefined || domains.some((allowed) => coversPattern(allowed, pattern))) return undefined
  return 'which domains in [docker] does not hold; labels may claim no other domain'
}

function refusedAddress(
  addresses: readonly string[],
  networks: readonly ContainerNetwork[],
  { allowedAddresses }: LabelRules,
): string | undefined {
  if (addresses.length === 0) return undefined
  const allowed = prefixSet(allowedAddresses)
  const own = new Set(networks.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]).map((ip) => canonicalAddress(ip ?? '')))
  for (const text of addresses) {
    const reading = backendAddressOnNetwork.read(text)
    if (reading.kind === 'fault') continue
    const { host } = reading.value
    const address = canonicalAddress(host)
    // Where a name leads is decided by whoever has its zone, after this look at it, and may change at any time.
    if (address === undefined)
      return `holds the name ${show(host)}; labels may write addresses only, of networks in allow_addresses of [docker]`
    if (own.has(address) || allowed.has(address)) continue
    return `leads to ${show(text)}, which is not the container itself; allow_addresses = ["${address}"] in [docker] lets labels do so`
  }
  return undefined
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : []
}
