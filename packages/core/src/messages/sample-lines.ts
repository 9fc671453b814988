import { gives, isNot, type ValueType } from '../config/value-type.ts'

const MAX_LINES = 12
const LINE_MAX_UNITS = 80
const ACCEPTED = `write a list of at most ${MAX_LINES} lines of at most ${LINE_MAX_UNITS} characters each`

/** Lines of text; unlike in other lists an empty one, or the same one twice, is meant. */
export const sampleLines: ValueType<readonly string[]> = {
  name: 'list of lines',
  read(written) {
    if (!Array.isArray(written) || written.length > MAX_LINES) return isNot(written, ACCEPTED)
    const lines = written.filter(isLine)
    return lines.length === written.length ? gives(lines) : isNot(written, ACCEPTED)
  },
  fromText: (label) => label.split('\n').map((line) => line.trim()),
  schema: { type: 'array', items: { type: 'string' } },
}

function isLine(line: unknown): line is string {
  return typeof line === 'string' && line.length <= LINE_MAX_UNITS && !/\p{Cc}/u.test(line)
}
