import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { booleanFromText, integerFromText } from '../config/values/plain.ts'

/** A version of the PROXY protocol: `"v1"` or `"v2"`, also 1 and 2. */
export const proxyVersion: ValueType<1 | 2> = {
  name: '"v1", "v2"',
  read(written) {
    const version = versionOf(written)
    return version === undefined ? isNot(written, 'write "v1" or "v2"') : gives(version)
  },
  fromText: integerFromText,
  schema: { enum: ['v1', 'v2', 1, 2] },
}

/** Whether a header is sent and in which version: `true` is version 2. */
export const sentProxyVersion: ValueType<false | 1 | 2> = {
  name: 'boolean, "v1", "v2"',
  read(written) {
    if (written === true) return gives(2)
    if (written === false) return gives(false)
    const version = typeof written === 'string' ? versionOf(written) : undefined
    return version === undefined ? isNot(written, 'write true (version 2), false, "v1" or "v2"') : gives(version)
  },
  fromText: (label) => booleanFromText(label) ?? label,
  schema: { enum: [true, false, 'v1', 'v2'] },
}

function versionOf(written: unknown): 1 | 2 | undefined {
  const plain = typeof written === 'string' ? written.trim().toLowerCase() : written
  if (plain === 'v1' || plain === 1) return 1
  return plain === 'v2' || plain === 2 ? 2 : undefined
}
