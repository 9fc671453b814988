import { parseCidr } from '../addresses/cidr.ts'
import type { Cidr } from '../config/cidr.ts'
import { show } from '../config/value-type.ts'

/** What a file of addresses and networks says. */
export interface AddressListReading {
  /** From the lines that could be read. */
  readonly networks: readonly Cidr[]
  readonly faults: readonly AddressListFault[]
}

export interface AddressListFault {
  /** Counted from 1. */
  readonly line: number
  /** Completes a sentence that begins with the place: `"10.0.0.300" is not an address or a network: …`. */
  readonly message: string
}

/** Enough to see what is wrong with a file that is no list at all. */
const MOST_FAULTS = 20

/**
 * Reads a list: one address or network a line; what follows a `#` is a comment. Reading ends with the twentieth line that
 * is none of these.
 */
export function readAddressList(text: string): AddressListReading {
  const networks: Cidr[] = []
  const faults: AddressListFault[] = []
  let line = 0
  for (const written of text.split('\n')) {
    line++
    const comment = written.indexOf('#')
    const entry = (comment < 0 ? written : written.slice(0, comment)).trim()
    if (entry === '') continue
    const parsed = parseCidr(entry)
    if (parsed.kind === 'cidr') networks.push(parsed.cidr)
    else if (faults.push({ line, message: `${show(entry)} is not a network: ${parsed.message}` }) === MOST_FAULTS) break
  }
  return { networks, faults }
}
