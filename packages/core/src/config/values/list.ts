import { gives, isNot, show, type ValueType } from '../value-type.ts'

/** A list of values of one type; in a label its items stand between commas or on lines of their own. */
export function list<T>(
  item: ValueType<T>,
  names: string,
  options: { readonly minLength?: number } = {},
): ValueType<readonly T[]> {
  return {
    name: `list of ${names}`,
    read(written) {
      if (!Array.isArray(written)) return isNot(written, `write a list of ${names}, such as [${example(written)}]`)
      if (written.length < (options.minLength ?? 0))
        return { kind: 'fault', fault: `is empty; write at least one of ${names}` }
      const values: T[] = []
      const seen = new Set<string>()
      for (const element of written) {
        const reading = item.read(element)
        if (reading.kind === 'fault') return { kind: 'fault', fault: reading.fault.replace(/^is /, 'holds ') }
        // Written twice means once: a domain that stands twice is no conflict of a server with itself.
        const identity = JSON.stringify(reading.value)
        if (!seen.has(identity)) values.push(reading.value)
        seen.add(identity)
      }
      return gives(values)
    },
    fromText: (label) =>
      label
        .split(/[,\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => item.fromText(part)),
    schema: { type: 'array', items: item.schema },
  }
}

function example(written: unknown): string {
  return typeof written === 'string' || typeof written === 'number' ? show(written) : '…'
}
