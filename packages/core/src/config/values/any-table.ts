import { isRecord } from '../read-table.ts'
import { gives, isNot, type ValueType } from '../value-type.ts'

/** A table whose keys are somebody else's: the options of a provider that is not part of this program. */
export const anyTable: ValueType<Readonly<Record<string, unknown>>> = {
  name: 'table',
  read: (written) => (isRecord(written) ? gives(written) : isNot(written, 'write a table')),
  fromText: (label) => label,
  schema: { type: 'object' },
}
