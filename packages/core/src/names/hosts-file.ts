import { readFile } from 'node:fs/promises'
import { canonicalAddress } from '@infrarust/proxy-protocol'

/**
 * The addresses that a hosts file gives a name, in its order.
 *
 * @param name lower case
 */
export function addressesInHostsFile(text: string, name: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [addressText = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!names.some((candidate) => candidate.toLowerCase() === name)) return []
    const address = canonicalAddress(addressText)
    return address === undefined ? [] : [address]
  })
}

/** Its text; '' where there is none. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return ''
  }
}
