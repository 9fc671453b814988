import { resolve } from 'node:path'
import { type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { duration } from '../config/values/duration.ts'
import { list } from '../config/values/list.ts'
import { boolean, text } from '../config/values/plain.ts'
import { size } from '../config/values/size.ts'
import { proxyVersion } from './proxy-version.ts'
import { type TrustedEntry, trustedEntry } from './trusted-entry.ts'

/** 16 fixed bytes and the largest length that two bytes can say. */
const LONGEST_HEADER_BYTES = 65_551
/** What the specification promises to fit into one segment. */
const COMMON_HEADER_BYTES = 536
const LONGEST_PATH = 4096

/** `[proxy_protocol]` of `infrarust.toml` and of a listener. */
export interface ReceivedProxyProtocol {
  readonly mode: 'off' | 'required' | 'optional'
  /**
   * Whose header is believed, beside whom `trustedFile` names; both undefined: everybody's (never with `optional`). An empty
   * list trusts nobody.
   */
  readonly trusted: readonly TrustedEntry[] | undefined
  /** Absolute once its loader has resolved it. */
  readonly trustedFile: string | undefined
  /** From the accept to the complete header. */
  readonly timeoutMs: number
  /** The longest header accepted, its fixed part included. */
  readonly maxHeaderBytes: number
  readonly versions: readonly (1 | 2)[]
}

export const receivedProxyProtocolKeys: KeyTable<ReceivedProxyProtocol> = keyTable<ReceivedProxyProtocol>({
  mode: {
    kind: 'key',
    from: 'operator',
    name: 'mode',
    type: choice(['off', 'required', 'optional']),
    default: 'off',
    description:
      'Whether connections begin with a PROXY header. `off`: a header is an error. `required`: all of them do. `optional`: a header where there is one; needs `trusted` or `trusted_file`.',
    example: 'required',
    reload: 'live',
  },
  trusted: {
    kind: 'key',
    from: 'operator',
    name: 'trusted',
    type: list(trustedEntry, 'networks and names'),
    default: undefined,
    absent: 'everybody, where there is no `trusted_file` either',
    description:
      'Addresses, networks and host names of the load balancers whose header is believed. A header from anyone else is refused. A name stands for the addresses that it has now, and for nobody while it has none.',
    example: ['10.0.0.0/8', '2001:db8::/32', 'lb.example.com'],
    reload: 'live',
  },
  trustedFile: {
    kind: 'key',
    from: 'operator',
    name: 'trusted_file',
    type: text({ maxLength: LONGEST_PATH }),
    default: undefined,
    absent: 'no file',
    description: 'File with more of `trusted`, one a line; relative to this file. Watched.',
    example: 'lists/load-balancers.txt',
    reload: 'live',
  },
  timeoutMs: {
    kind: 'key',
    from: 'operator',
    name: 'timeout',
    type: duration({ minMs: 1 }),
    default: '5s',
    description: 'How long a connection has for its complete header.',
    example: '5s',
    reload: 'live',
  },
  maxHeaderBytes: {
    kind: 'key',
    from: 'operator',
    name: 'max_header_size',
    type: size({ min: 16, max: LONGEST_HEADER_BYTES }),
    default: COMMON_HEADER_BYTES,
    description: 'The longest header accepted. Raise it for load balancers that pass client certificates on.',
    example: '4 KiB',
    reload: 'live',
  },
  versions: {
    kind: 'key',
    from: 'operator',
    name: 'versions',
    type: list(proxyVersion, 'versions', { minLength: 1 }),
    default: ['v1', 'v2'],
    description: 'Versions of the header that are accepted.',
    example: ['v2'],
    reload: 'live',
  },
})

/** The same with the path of its file made absolute, where it is known in which folder it begins. */
export function withResolvedTrustedFile(
  received: ReceivedProxyProtocol,
  folder: string | undefined,
): ReceivedProxyProtocol {
  const { trustedFile } = received
  return trustedFile === undefined || folder === undefined
    ? received
    : { ...received, trustedFile: resolve(folder, trustedFile) }
}

/** `[proxy_protocol]` of a server: what its header carries beside the addresses. */
export interface SentTlvs {
  /** Pass on what a trusted peer sent (never CRC32C and NOOP). */
  readonly passTlvs: boolean
  readonly authority: boolean
  readonly uniqueId: boolean
  readonly crc32c: boolean
  /** Header bytes above which received TLVs are left out. */
  readonly maxHeaderBytes: number
}

export const sentTlvsKeys: KeyTable<SentTlvs> = keyTable<SentTlvs>({
  passTlvs: {
    kind: 'key',
    from: 'anyone',
    name: 'pass_tlvs',
    type: boolean,
    default: false,
    description:
      'Pass on the TLVs that came with the header of a peer in an explicit `trusted` (never CRC32C and NOOP; one that is added here replaces a received one).',
    example: true,
    reload: 'live',
  },
  authority: {
    kind: 'key',
    from: 'anyone',
    name: 'add_authority',
    type: boolean,
    default: false,
    description: 'Add the domain that the player asked for (AUTHORITY).',
    example: true,
    reload: 'live',
  },
  uniqueId: {
    kind: 'key',
    from: 'anyone',
    name: 'add_unique_id',
    type: boolean,
    default: false,
    description: 'Add an id of the connection (UNIQUE_ID).',
    example: true,
    reload: 'live',
  },
  crc32c: {
    kind: 'key',
    from: 'anyone',
    name: 'add_crc32c',
    type: boolean,
    default: false,
    description: 'Add a checksum of the header (CRC32C).',
    example: true,
    reload: 'live',
  },
  maxHeaderBytes: {
    kind: 'key',
    from: 'anyone',
    name: 'max_header_size',
    type: size({ min: 232, max: LONGEST_HEADER_BYTES }),
    default: COMMON_HEADER_BYTES,
    description: 'Above this size of the header received TLVs are left out.',
    example: '4 KiB',
    reload: 'live',
  },
})
