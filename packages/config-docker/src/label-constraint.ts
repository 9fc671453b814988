import { gives, isNot, type ValueType } from '@infrarust/core/provider'

/** What a label of a container must be, or must not be. */
export interface LabelConstraint {
  readonly label: string
  /** Undefined: any value. */
  readonly value: string | undefined
  readonly isNegated: boolean
}

/** `name`, `name=value`, `!name` or `!name=value`. */
export const labelConstraint: ValueType<LabelConstraint> = {
  name: 'constraint',
  read(written) {
    const text = typeof written === 'string' ? written.trim() : ''
    const [, negation, label, , value] = /^(!?)([^=!\s]+)(=(.*))?$/.exec(text) ?? []
    if (label === undefined)
      return isNot(written, 'write a label such as "com.example.stage=production" or "!com.example.hidden"')
    return gives({ label, value, isNegated: negation === '!' })
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '^\\s*!?[^=!\\s]+(=.*)?$' },
}
