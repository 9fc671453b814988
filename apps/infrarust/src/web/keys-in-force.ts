import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { KEY_MIN_CHARACTERS, type WebConfig } from './web-keys.ts'

/** With what the API may be asked, or why nobody may. */
export type KeysInForce =
  | { readonly kind: 'keys'; readonly apiKey: string; readonly readKey: string | undefined }
  /** A clause for the operator. */
  | { readonly kind: 'refused'; readonly why: string }

/**
 * The keys that this configuration means. On loopback one is made where none is written, and kept for the next start.
 *
 * @param keyFile where it is kept
 */
export function keysInForce(config: WebConfig, keyFile: string): KeysInForce {
  const { apiKey, readKey } = config
  const why = whyNotServed(config)
  if (why !== undefined) return refused(why)
  if (apiKey !== undefined) return { kind: 'keys', apiKey, readKey }
  try {
    return { kind: 'keys', apiKey: keptKey(keyFile), readKey }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return refused(`no key can be kept in ${keyFile} (${message}); let this user write there, or write api_key`)
  }
}

/** Why these keys are not enough for where it is served, as a clause; undefined where they are. */
export function whyNotServed({ bind: { host, text }, apiKey, readKey }: WebConfig): string | undefined {
  const isLocal = isLoopback(host)
  if (apiKey !== undefined && apiKey === readKey)
    return 'read_key is the same as api_key, so that who is to look may do all; write another one'
  if (!isLocal && apiKey === undefined)
    return `${text} can be reached from other machines, and there is no api_key: ${MAKE_ONE}, or bind it to 127.0.0.1`
  for (const [name, key] of [
    ['api_key', apiKey],
    ['read_key', readKey],
  ] as const) {
    if (key !== undefined && !SENDABLE.test(key))
      return `${name} holds a space or a character that no header takes as it is: ${MAKE_ONE}`
    if (!isLocal && key !== undefined && key.length < KEY_MIN_CHARACTERS)
      return `${text} can be reached from other machines, and ${name} has less than ${KEY_MIN_CHARACTERS} characters, so it could be guessed: ${MAKE_ONE}, or bind it to 127.0.0.1`
  }
  return undefined
}

/** What stands in a header as it is written here, and ends at a space. */
const SENDABLE = /^[!-~]+$/

const MAKE_ONE = 'write one of 16 characters or more, such as openssl rand -hex 32 prints'

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * The key that is kept in a file; made with it where there is none.
 *
 * @throws the system's error, or what is wrong with the file
 */
function keptKey(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    const made = randomBytes(KEY_BYTES).toString('base64url')
    writeFileSync(file, `${made}\n`, { flag: 'wx', mode: 0o600 })
    return made
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return readKept(file)
  }
}

function readKept(file: string): string {
  const fd = openSync(file, 'r')
  try {
    if (process.geteuid !== undefined && (fstatSync(fd).mode & 0o077) !== 0)
      throw new Error('others may read it; chmod 600 it, or remove it so that another one is made')
    const key = readFileSync(fd, 'utf8').trim()
    if (key.length < KEY_MIN_CHARACTERS || !SENDABLE.test(key))
      throw new Error('it holds no key; remove it, so that another one is made')
    return key
  } finally {
    closeSync(fd)
  }
}

const KEY_BYTES = 32

function refused(why: string): KeysInForce {
  return { kind: 'refused', why }
}
