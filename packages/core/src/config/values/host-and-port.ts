import { canonicalAddress } from '@infrarust/proxy-protocol'
import type { UnixName } from '../../addresses/unix-name.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'
import { readHostName } from './host-name.ts'
import { readUnixSocket } from './unix-socket.ts'

/**
 * `host` is an IP address or a name; without a port an SRV record is looked up for a name, then 25565. Or it is a Unix
 * socket (`isUnixName`), which has no port.
 */
export interface BackendAddress {
  readonly host: string
  readonly port: number | undefined
}

const BACKEND = 'write an address such as "10.0.1.5:25565", "[2001:db8::1]:25565" or "survival.internal"'

/** Where a backend listens; the port may be left out. */
export const backendAddress: ValueType<BackendAddress> = {
  name: 'address',
  read(written) {
    if (typeof written !== 'string') return isNot(written, BACKEND)
    const socket = readUnixSocket(written)
    if (socket !== undefined)
      return 'wrong' in socket
        ? isNot(written, `write a Unix socket such as "unix:/run/paper.sock": ${socket.wrong}`)
        : gives({ host: socket.name, port: undefined })
    const address = readHostAndPort(written)
    if ('wrong' in address) return isNot(written, `${BACKEND}: ${address.wrong}`)
    return address.port === 0 ? isNot(written, PORT) : gives(address)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}

/**
 * The same for whoever may write into a label or a provider's list: a socket of this machine is opened with the rights of
 * the proxy, and could be the one by which it is controlled.
 */
export const backendAddressOnNetwork: ValueType<BackendAddress> = {
  ...backendAddress,
  read(written) {
    if (typeof written === 'string' && readUnixSocket(written) !== undefined)
      return isNot(
        written,
        'a Unix socket is for the files of the operator alone; write addresses in servers/*.toml, or another address here',
      )
    return backendAddress.read(written)
  },
}

/** Where something listens for TCP. */
export interface BindAddress {
  /** What the operator wrote. */
  readonly text: string
  readonly host: string
  readonly port: number
}

/** Where a listener binds: an address and a port, or a Unix socket. */
export type ListenerAddress =
  | BindAddress
  | { readonly text: UnixName; readonly host: UnixName; readonly port: undefined }

const onNetwork = bindType('"0.0.0.0:25565" or "[::]:25565"', 25_565)

/** An address of this machine and a port, the Minecraft port where none is written; 0 lets the system choose one. Or a Unix socket. */
export const bindAddress: ValueType<ListenerAddress> = {
  ...onNetwork,
  read(written) {
    const socket = typeof written === 'string' ? readUnixSocket(written) : undefined
    if (socket === undefined) return onNetwork.read(written)
    return 'wrong' in socket
      ? isNot(written, `write a Unix socket such as "unix:/run/infrarust/in.sock": ${socket.wrong}`)
      : gives({ text: socket.name, host: socket.name, port: undefined })
  },
}

/** The same for what is not Minecraft, and has no port that everybody knows: it must be written. */
export const bindAddressWithPort: ValueType<BindAddress> = bindType('"127.0.0.1:9100" or "[::1]:9100"', undefined)

function bindType(examples: string, defaultPort: number | undefined): ValueType<BindAddress> {
  const accepted = `write an address and a port such as ${examples}`
  return {
    name: defaultPort === undefined ? 'bind address with a port' : 'bind address',
    read(written) {
      if (typeof written !== 'string') return isNot(written, accepted)
      if (readUnixSocket(written) !== undefined) return isNot(written, `${accepted}: no Unix socket is bound here`)
      // Other programs take `:25565` and `25565`, and differ in what they mean.
      if (/^\s*(?:\*?:)?\d+\s*$/.test(written))
        return isNot(written, `${accepted}: 0.0.0.0 is every IPv4 address, [::] every address`)
      const address = readHostAndPort(written)
      if ('wrong' in address) return isNot(written, `${accepted}: ${address.wrong}`)
      // `::25566` is an address of which nobody would think so, and another port would be bound.
      if (address.port === undefined && /^[^[]*:\d{4,}\s*$/.test(written))
        return isNot(written, `${accepted}: an IPv6 address stands in brackets, so that its end is no port`)
      const port = address.port ?? defaultPort
      return port === undefined
        ? isNot(written, `${accepted}: the port is missing`)
        : gives({ text: written.trim(), host: address.host, port })
    },
    fromText: (label) => label,
    schema: { type: 'string' },
  }
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
