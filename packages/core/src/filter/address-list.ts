import { type Cidr, parseCidr } from '@infrarust/proxy-protocol'
import { readTrustedHost } from '../proxy-header/trusted-entry.ts'

/** What a file of addresses and networks says. */
export interface AddressListReading {
  /** From the lines that could be read. */
  readonly networks: readonly Cidr[]
  /** Each once; none but in a list that may hold names. */
  readonly hosts: readonly string[]
  /** Lines that say nothing. */
  readonly faults: AddressListFaults
  /** Lines with bits behind their prefix, such as `203.0.113.5/24`: the network around them is in the list. */
  readonly hostBits: AddressListFaults
}

/** What could not be read in a list of addresses: how many lines, and the first of them. */
export interface AddressListFaults {
  readonly count: number
  readonly first: readonly AddressListFault[]
}

export interface AddressListFault {
  /** Counted from 1. */
  readonly line: number
  /** What is wrong with it. Never quotes it: the file may be another one than was meant, and hold a secret. */
  readonly hint: string
}

/** Enough to find them; a file that is no list at all has a fault in each line. */
const SHOWN_FAULTS = 5

/** Each is looked up every half minute, and nobody has more load balancers. A list of domains is another file than was meant. */
const MAX_HOSTS = 256

/** The longest line that is looked into; no address is longer, nor is the JSON around one. */
const LONGEST_LINE = 1_000

/**
 * Reads a list in the forms in which lists are published: one address or network a line, with comments behind `#`, `;`
 * or `//`, or one JSON object a line with the network as its `cidr`. Everything is read, however much of it is wrong.
 *
 * @param mayHoldHosts whether a line may be the name of a host as well, as in `trusted_file`
 */
export function readAddressList(
  text: string,
  { mayHoldHosts = false }: { readonly mayHoldHosts?: boolean } = {},
): AddressListReading {
  const networks: Cidr[] = []
  const hosts = new Set<string>()
  const faults = new Faults()
  const hostBits = new Faults()
  let line = 0
  for (const written of linesOf(text)) {
    line++
    const entry = entryOf(written, mayHoldHosts)
    switch (entry.kind) {
      case 'nothing':
        break
      case 'network':
        networks.push(entry.network)
        if (entry.hasHostBits) hostBits.add(line, 'bits behind the prefix')
        break
      case 'host':
        if (hosts.size < MAX_HOSTS || hosts.has(entry.host)) hosts.add(entry.host)
        else faults.add(line, `more than ${MAX_HOSTS} names`)
        break
      case 'fault':
        faults.add(line, entry.hint)
    }
  }
  return { networks, hosts: [...hosts], faults, hostBits }
}

class Faults implements AddressListFaults {
  count = 0
  readonly first: AddressListFault[] = []

  add(line: number, hint: string): void {
    this.count++
    if (this.first.length < SHOWN_FAULTS) this.first.push({ line, hint })
  }
}

/** One after the other: a list of all lines would take more memory than the networks. */
function* linesOf(text: string): Generator<string> {
  let start = 0
  for (;;) {
    const end = text.indexOf('\n', start)
    if (end < 0) break
    yield text.slice(start, end)
    start = end + 1
  }
  yield text.slice(start)
}

type ListLine =
  | { readonly kind: 'network'; readonly network: Cidr; readonly hasHostBits: boolean }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fault'; readonly hint: string }

const NO_NETWORK = 'not an address or network'
const NOTHING: ListLine = { kind: 'nothing' }

function entryOf(line: string, mayBeHost: boolean): ListLine {
  const comment = line.search(/[#;]|\/\//)
  const written = (comment < 0 ? line : line.slice(0, comment)).trim()
  if (written === '') return NOTHING
  if (written.startsWith('{')) return jsonEntry(line)
  const entry = network(written)
  if (entry.kind !== 'fault' || !mayBeHost || written.length > LONGEST_LINE) return entry
  const host = readTrustedHost(written)
  return 'name' in host ? { kind: 'host', host: host.name } : fault(withHosts(entry.hint))
}

/** How Spamhaus publishes DROP: `{"cidr":"1.10.16.0/20","sblid":"SBL256894"}`, and facts about the list in a last object. */
function jsonEntry(line: string): ListLine {
  if (line.length > LONGEST_LINE) return fault('too long for a line of JSON')
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return fault(NO_NETWORK)
  }
  if (typeof value !== 'object' || value === null) return fault(NO_NETWORK)
  if ('cidr' in value && typeof value.cidr === 'string') return network(value.cidr)
  return 'type' in value && value.type === 'metadata' ? NOTHING : fault('JSON without the text "cidr"')
}

function network(written: string): ListLine {
  // Most of what is no list is told by its first letter.
  if (written.length > LONGEST_LINE || !/^[\da-f:]/i.test(written)) return fault(NO_NETWORK)
  const parsed = parseCidr(written)
  if (parsed.kind === 'cidr') return { kind: 'network', network: parsed.cidr, hasHostBits: false }
  if (parsed.network !== undefined) return { kind: 'network', network: parsed.network, hasHostBits: true }
  return fault(hintOf(written))
}

function withHosts(hint: string): string {
  return hint === NO_NETWORK ? 'not an address, a network or the name of a host' : hint
}

function hintOf(written: string): string {
  const [first = '', second] = written.split(/\s*[-\u2013]\s*|[\s,]+/, 2)
  const isAddress = parseCidr(first).kind === 'cidr'
  if (!isAddress || second === undefined) return NO_NETWORK
  return /^\S+\s*[-\u2013]/.test(written)
    ? 'a range; write it as networks, such as 192.0.2.0/24'
    : 'more than one thing on a line'
}

function fault(hint: string): ListLine {
  return { kind: 'fault', hint }
}
