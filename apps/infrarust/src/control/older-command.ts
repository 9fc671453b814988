import { version } from '../version.ts'

/** Commands before the API sent JSON, an object a line, where HTTP begins with the name of a method. */
export function isOlderCommand(bytes: Uint8Array): boolean {
  return bytes[0] === BRACE
}

const BRACE = '{'.charCodeAt(0)

/** Their protocol's word for "no", which they print. */
export function olderCommandAnswer(): string {
  const message = `the running proxy is newer than this command; use the infrarust command of version ${version()}`
  return `${JSON.stringify({ kind: 'error', code: 'protocol', message })}\n`
}
