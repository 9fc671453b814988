import { isRecord } from '../read-table.ts'
import { gives, type ValueType } from '../value-type.ts'

/** A table whose keys are somebody else's: the options of a provider that is not part of this program. */
export const anyTable: ValueType<Readonly<Record<string, unknown>>> = {
  name: 'table',
  // Not what it is instead: in these options there may be a password.
  read: (written) => (isRecord(written) ? gives(written) : { kind: 'fault', fault: 'is no table; write a table' }),
  fromText: (label) => label,
  schema: { type: 'object' },
}
