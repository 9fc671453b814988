import { type Cidr, readAddressList } from '@infrarust/core'
import {
  type FollowedList,
  type FollowListOptions,
  followList,
  type ListForm,
  linesWith,
  readListFile,
} from './list-file.ts'

/** What a file of addresses and networks amounts to. */
export type AddressListFile = (
  | { readonly kind: 'list' }
  /** `problem` is one line and begins with file and line. */
  | { readonly kind: 'problem'; readonly problem: string }
) & {
  /** Those that could be read. */
  readonly networks: readonly Cidr[]
  /** Names of hosts; none but in a list that may hold them. */
  readonly hosts: readonly string[]
  /** One line, beginning with file and line: what was understood, and is perhaps not what was meant. */
  readonly warning: string | undefined
}

/** What a list of addresses may hold besides. */
export interface AddressListOptions {
  /** Whether a line may be the name of a host as well. Default: no. */
  readonly mayHoldHosts?: boolean
}

/** Follows a list: one address or network, or perhaps name, a line. It is read before this returns. */
export function followAddressList(options: FollowListOptions<AddressListFile> & AddressListOptions): FollowedList {
  return followList(formOf(options), options)
}

/** Reads a list once: for a check of the configuration. */
export function readAddressListFile(path: string, options: AddressListOptions = {}): AddressListFile {
  return readListFile(formOf(options), path)
}

function formOf({ mayHoldHosts = false }: AddressListOptions): ListForm<AddressListFile> {
  return {
    ofText(path, text) {
      const { networks, hosts, faults, hostBits } = readAddressList(text, { mayHoldHosts })
      const problem = linesWith(path, faults)
      const also = linesWith(path, hostBits)
      const warning = also && `${also}: the network around it is taken`
      const read = { networks, hosts, warning }
      return problem === undefined ? { kind: 'list', ...read } : { kind: 'problem', problem, ...read }
    },
    unread: (problem) => ({ kind: 'problem', problem, networks: [], hosts: [], warning: undefined }),
  }
}
