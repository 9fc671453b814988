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
  /** One line, beginning with file and line: what was understood, and is perhaps not what was meant. */
  readonly warning: string | undefined
}

/** Follows a list: one address or network a line. It is read before this returns. */
export function followAddressList(options: FollowListOptions<AddressListFile>): FollowedList {
  return followList(FORM, options)
}

/** Reads a list once: for a check of the configuration. */
export function readAddressListFile(path: string): AddressListFile {
  return readListFile(FORM, path)
}

const FORM: ListForm<AddressListFile> = {
  ofText(path, text) {
    const { networks, faults, hostBits } = readAddressList(text)
    const problem = linesWith(path, faults)
    const also = linesWith(path, hostBits)
    const warning = also && `${also}: the network around it is taken`
    return problem === undefined ? { kind: 'list', networks, warning } : { kind: 'problem', problem, networks, warning }
  },
  unread: (problem) => ({ kind: 'problem', problem, networks: [], warning: undefined }),
}
