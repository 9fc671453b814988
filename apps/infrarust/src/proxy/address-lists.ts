import { followAddressList } from '@infrarust/config-file'
import { type Cidr, prefixSet, type ListFiles as SearchedLists } from '@infrarust/core'
import type { Logger } from 'pino'
import { ListFiles } from './list-files.ts'

/** The files of `[ip_filter]`, wherever it stands. */
export class AddressLists extends ListFiles<Cidr, ReturnType<typeof prefixSet>> implements SearchedLists {
  /** @param baseDir where paths begin that are not absolute: those that labels name */
  constructor(baseDir: string, logger: Logger) {
    super(
      {
        follow: ({ onRead, ...options }) =>
          followAddressList({
            ...options,
            onRead: (file) => onRead({ ...file, entries: file.networks }),
          }),
        index: prefixSet,
        event: 'address_list',
        nouns: ['network', 'networks'],
      },
      baseDir,
      logger,
    )
  }

  has(path: string, address: string): boolean {
    return this.of(path)?.has(address) ?? false
  }
}
