import { randomInt } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'

/** What a file with a secret amounts to. No text of it has anything of the secret. */
export type SecretReading =
  | { readonly kind: 'secret'; readonly secret: string; readonly isNew: boolean; readonly warnings: readonly string[] }
  | { readonly kind: 'fault'; readonly fault: string }

/** A secret has a hundred characters at most; what is longer is another file. */
const MAX_BYTES = 4_096
const MADE_CHARACTERS = 32
/** What Velocity makes. Whoever sees one signed answer can try shorter ones on a machine of his own. */
const SHORTEST_CHARACTERS = 12
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Of others than the owner: to read. */
const READABLE_BY_OTHERS = 0o044

/** Reads a secret, and makes one where the file is not there. */
export function readOrMakeSecret(path: string): SecretReading {
  const reading = readSecret(path)
  return reading === undefined ? makeSecret(path) : reading
}

/** @returns undefined where there is no such file */
export function readSecret(path: string): SecretReading | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    // A pipe would be waited for.
    if (!stats.isFile()) return fault(path, 'is no file; write the path of a file that holds the secret')
    if (stats.size > MAX_BYTES) return fault(path, `has more than ${MAX_BYTES} bytes, so it is no secret`)
    const isOpen = process.platform !== 'win32' && (stats.mode & READABLE_BY_OTHERS) !== 0
    const reading = secretIn(readFileSync(path), path)
    if (reading.kind === 'fault' || !isOpen) return reading
    const warning = `${path} can be read by others than its owner, and whoever reads it can pass for any player; chmod 600 ${path}`
    return { ...reading, warnings: [...reading.warnings, warning] }
  } catch (error) {
    return fault(path, `cannot be read (${codeOf(error)})`)
  }
}

/**
 * The secret in what an editor or a command has written: without the mark that some put in front, and without the line ends
 * behind it, which no server has in its own copy.
 *
 * @param where what messages call it
 */
export function secretIn(bytes: Uint8Array, where: string): SecretReading {
  let text: string
  try {
    // The decoder takes the byte order mark off.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return fault(where, 'is no UTF-8 text; save the secret as UTF-8')
  }
  const secret = text.replace(/[\r\n]+$/, '')
  if (secret.trim() === '') return fault(where, 'is empty; write the secret into it, or remove it to have one made')
  const warnings: string[] = []
  if (/\s/.test(secret))
    warnings.push(`${where} has blanks or line ends in the secret, which count: the servers need exactly the same`)
  if (secret.length < SHORTEST_CHARACTERS)
    warnings.push(
      `${where} has a secret of fewer than ${SHORTEST_CHARACTERS} characters, which can be guessed; take ${MADE_CHARACTERS} random ones, ` +
        'here and in the servers',
    )
  return { kind: 'secret', secret, isNew: false, warnings }
}

function makeSecret(path: string): SecretReading {
  const secret = Array.from({ length: MADE_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, `${secret}\n`)
    } finally {
      closeSync(file)
    }
    return { kind: 'secret', secret, isNew: true, warnings: [] }
  } catch (error) {
    // Somebody else has just made it.
    const reading = codeOf(error) === 'EEXIST' ? readSecret(path) : undefined
    return reading ?? fault(path, `is not there and cannot be made (${codeOf(error)})`)
  }
}

function fault(where: string, what: string): SecretReading {
  return { kind: 'fault', fault: `${where} ${what}` }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
