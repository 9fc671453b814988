import { resolve } from 'node:path'
import type { Cidr } from '@infrarust/proxy-protocol'
import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable } from '../config/key-table.ts'
import { list } from '../config/values/list.ts'
import { network } from '../config/values/network.ts'
import { text } from '../config/values/plain.ts'

/** `[ip_filter]` of `infrarust.toml` and of a server. */
export interface IpFilterConfig {
  /** Empty, and without a file: everybody. */
  readonly whitelist: readonly Cidr[]
  readonly blacklist: readonly Cidr[]
  /** Absolute once its loader has resolved it. */
  readonly whitelistFile: string | undefined
  readonly blacklistFile: string | undefined
}

/** What `[ip_filter]` is about in the whole gateway. */
export interface FilteredGateway {
  /** Paths in it as written, until the loader has resolved them. */
  readonly ipFilter: IpFilterConfig
}

/** What `[ip_filter]` is about in a server. */
export interface FilteredServer {
  /** On top of the gateway's. */
  readonly ipFilter: IpFilterConfig
}

const LONGEST_PATH = 4096

const ipFilterKeys: KeyTable<IpFilterConfig> = keyTable<IpFilterConfig>({
  whitelist: {
    kind: 'key',
    from: 'anyone',
    name: 'whitelist',
    type: list(network, 'networks'),
    default: [],
    description: 'Where there is one, only these addresses and networks may connect.',
    example: ['203.0.113.0/24', '2001:db8::/32'],
    reload: 'live',
  },
  blacklist: {
    kind: 'key',
    from: 'anyone',
    name: 'blacklist',
    type: list(network, 'networks'),
    default: [],
    description: 'Addresses and networks that may not connect, whatever else says that they may.',
    example: ['198.51.100.7', '2001:db8:bad::/48'],
    reload: 'live',
  },
  whitelistFile: {
    kind: 'key',
    from: 'operator',
    name: 'whitelist_file',
    type: text({ maxLength: LONGEST_PATH }),
    default: undefined,
    absent: 'no file',
    description: 'File with more of `whitelist`, one a line; relative to this file. Watched.',
    example: 'lists/friends.txt',
    reload: 'live',
  },
  blacklistFile: {
    kind: 'key',
    from: 'operator',
    name: 'blacklist_file',
    type: text({ maxLength: LONGEST_PATH }),
    default: undefined,
    absent: 'no file',
    description: 'File with more of `blacklist`, one a line; relative to this file. Watched.',
    example: 'lists/blocked.txt',
    reload: 'live',
  },
})

/** `[ip_filter]`, in both files. */
export const ipFilter: Feature<FilteredGateway, FilteredServer> = {
  gateway: keyTable<FilteredGateway>({
    ipFilter: {
      kind: 'table',
      name: 'ip_filter',
      description: 'Which client addresses may connect.',
      table: ipFilterKeys,
    },
  }),
  server: keyTable<FilteredServer>({
    ipFilter: {
      kind: 'table',
      name: 'ip_filter',
      description: 'Which client addresses may go to this server, of those that the global `[ip_filter]` lets in.',
      table: ipFilterKeys,
    },
  }),
}

/** The lists of a filter that stand in files. */
interface FilterFiles {
  readonly whitelistFile: string | undefined
  readonly blacklistFile: string | undefined
}

/** The same with the paths of its files made absolute, where it is known in which folder they begin. */
export function withResolvedFiles<Filter extends FilterFiles>(filter: Filter, folder: string | undefined): Filter {
  const inFolder = (path: string | undefined): string | undefined =>
    path === undefined || folder === undefined ? path : resolve(folder, path)
  return { ...filter, whitelistFile: inFolder(filter.whitelistFile), blacklistFile: inFolder(filter.blacklistFile) }
}
