import { canonicalAddress } from '../../addresses/canonical-address.ts'
import type { BackendAddress } from '../server.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'
import { readHostName } from './host-name.ts'

const BACKEND = 'write an address such as "10.0.1.5:25565", "[2001:db8::1]:25565" or "survival.internal"'

/** Where a backend listens; the port may be left out. */
export const backendAddress: ValueType<BackendAddress> = {
  name: 'address',
  read(written) {
    if (typeof written !== 'string') return isNot(written, BACKEND)
    const address = readHostAndPort(written)
    if ('wrong' in address) return isNot(written, `${BACKEND}: ${address.wrong}`)
    return address.port === 0 ? isNot(written, PORT) : gives(address)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

/** Where a listener binds. */
export interface BindAddress {
  /** What the operator wrote. */
  readonly text: string
  readonly host: string
  readonly port: number
}

const DEFAULT_PORT = 25_565
const BIND = 'write an address and a port such as "0.0.0.0:25565" or "[::]:25565"'

/** An address of this machine and a port; 0 lets the system choose one. */
export const bindAddress: ValueType<BindAddress> = {
  name: 'bind address',
  read(written) {
    if (typeof written !== 'string') return isNot(written, BIND)
    // Other programs take `:25565` and `25565`, and differ in what they mean.
    if (/^\s*(?:\*?:)?\d+\s*$/.test(written))
      return isNot(written, `${BIND}: 0.0.0.0 is every IPv4 address, [::] every address`)
    const address = readHostAndPort(written)
    if ('wrong' in address) return isNot(written, `${BIND}: ${address.wrong}`)
    return gives({ text: written.trim(), host: address.host, port: address.port ?? DEFAULT_PORT })
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

const PORT = 'a port is a number from 1 to 65535'

type HostAndPort = { readonly host: string; readonly port: number | undefined } | { readonly wrong: string }

/** Reads `host:port`, `[IPv6]:port`, or a host alone. */
function readHostAndPort(written: string): HostAndPort {
  const trimmed = written.trim()
  const bare = canonicalHost(trimmed)
  if (bare !== undefined) return { host: bare, port: undefined }
  const [, bracketed, named, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(trimmed) ?? []
  if (bracketed === undefined && named === undefined) {
    if (/^\w+:\/\//.test(trimmed)) return { wrong: 'it is no URL' }
    return {
      wrong: trimmed.startsWith('[') ? 'its bracket is not closed' : 'an IPv6 address stands in brackets before a port',
    }
  }
  const port = portText === undefined ? undefined : readPort(portText)
  if (Number.isNaN(port)) return { wrong: PORT }
  if (bracketed !== undefined) {
    const host = canonicalHost(bracketed)
    return host === undefined ? { wrong: `"${bracketed}" is no IPv6 address` } : { host, port }
  }
  const ip = canonicalHost(named ?? '')
  if (ip !== undefined) return { host: ip, port }
  const host = readHostName(named ?? '')
  if ('wrong' in host) return { wrong: host.wrong }
  // 256.1.1.1, 1.2.3 and 010.0.0.1: what ends in a number is meant as an address, and resolvers disagree about it.
  if (/(^|\.)\d+$/.test(host.name)) return { wrong: `"${host.name}" is no IPv4 address` }
  return { host: host.name, port }
}

function readPort(written: string): number {
  return /^\d{1,5}$/.test(written) && Number(written) <= 65_535 ? Number(written) : Number.NaN
}

/** Canonical text of an IP address. The zone stays: a link-local backend cannot be dialled without it. */
function canonicalHost(written: string): string | undefined {
  const percent = written.indexOf('%')
  const address = canonicalAddress(written)
  return address === undefined || percent < 0 ? address : address + written.slice(percent)
}
