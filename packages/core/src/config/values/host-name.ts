import { asciiName } from '../../domains/ascii-name.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

/** RFC 1035, section 2.3.4, without the root's dot. */
const NAME_CHARACTERS = 253
const LABEL_CHARACTERS = 63

/** A host name (lower case ASCII without a trailing dot) or what is wrong with it. */
export type HostName = { readonly name: string } | { readonly wrong: string }

/** Cleans up the name of a host as it is written. Underscores are allowed: services of Docker have them. */
export function readHostName(written: string): HostName {
  const trimmed = written.trim().replace(/\.+$/, '')
  if (trimmed === '') return { wrong: 'the name is empty' }
  const labels: string[] = []
  for (const label of trimmed.split('.')) {
    const ascii = asciiName(label)
    if (label === '') return { wrong: 'two dots stand side by side' }
    if (ascii === undefined || !/^[a-z0-9_-]+$/.test(ascii))
      return { wrong: `"${label}" holds a character that no name has` }
    if (ascii.length > LABEL_CHARACTERS) return { wrong: `"${label}" is longer than ${LABEL_CHARACTERS} characters` }
    labels.push(ascii)
  }
  const name = labels.join('.')
  return name.length > NAME_CHARACTERS ? { wrong: `it is longer than ${NAME_CHARACTERS} characters` } : { name }
}

const ACCEPTED = 'write a name such as "metrics.example.com", without a port'

/** The name of a host. */
export const hostName: ValueType<string> = {
  name: 'host name',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const host = readHostName(written)
    return 'wrong' in host ? isNot(written, `${ACCEPTED}: ${host.wrong}`) : gives(host.name)
  },
  fromText: (label) => label,
  schema: { type: 'string' },
}
