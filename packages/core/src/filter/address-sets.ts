import type { Cidr } from '@infrarust/proxy-protocol'
import { type PrefixTable, prefixSet } from '../addresses/prefix-table.ts'

/** Lists from files, by the path that the configuration has for them. Asked for each connection. */
export interface ListFiles {
  /** A file that nobody has read yet has nobody on it. */
  has(path: string, address: string): boolean
}

/** Lists of the configuration made searchable, each once: a list is searched for as long as its configuration is in force. */
export class AddressSets {
  readonly #tables = new WeakMap<readonly Cidr[], PrefixTable<Cidr>>()

  /** @param address canonical */
  has(list: readonly Cidr[], address: string): boolean {
    if (list.length === 0) return false
    let table = this.#tables.get(list)
    if (table === undefined) {
      table = prefixSet(list)
      this.#tables.set(list, table)
    }
    return table.has(address)
  }
}
