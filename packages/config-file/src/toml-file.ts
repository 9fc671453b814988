import { readFile, stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { locateKey, type Place } from './locate-key.ts'
import { parseToml } from './toml.ts'

/** What a TOML file amounts to. Texts are for the operator and begin with the file. */
export type TomlFile =
  | {
      readonly kind: 'values'
      readonly values: Readonly<Record<string, unknown>>
      /** `servers/survival.toml:4:1` for the path of a key, or the file alone. */
      readonly locate: (path: readonly string[]) => string
    }
  /** `isPassing`: nothing is wrong with the file, the system could not read it just now. */
  | { readonly kind: 'problem'; readonly problem: string; readonly isPassing: boolean }
  | { readonly kind: 'missing' }

/** Nobody writes so much by hand; a log that was renamed to .toml must not fill the memory. */
const LONGEST_FILE_BYTES = 4 * 1_048_576

/** Reads one file. */
export async function readTomlFile(path: string): Promise<TomlFile> {
  const name = shownPath(path)
  let bytes: Uint8Array
  try {
    const facts = await stat(path)
    // A folder cannot be read, a pipe would never end.
    if (!facts.isFile()) return faulty(`${name}: is no regular file`)
    if (facts.size > LONGEST_FILE_BYTES) return faulty(`${name}: is longer than 4 MiB`)
    bytes = await readFile(path)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { kind: 'missing' }
    return { ...faulty(`${name}: cannot be read: ${reasonOf(cause)}`), isPassing: isPassing(cause) }
  }
  const parsed = parseToml(bytes)
  if (parsed.kind === 'fault') return faulty(`${at(name, parsed)}: ${parsed.message}`)
  return { kind: 'values', values: parsed.values, locate: (keys) => at(name, locateKey(parsed.text, keys)) }
}

function faulty(problem: string): Extract<TomlFile, { kind: 'problem' }> {
  return { kind: 'problem', problem, isPassing: false }
}

function at(name: string, place: Place | undefined): string {
  return place === undefined ? name : `${name}:${place.line}:${place.column}`
}

/** As the operator would type it: relative to where they stand, unless that leads outside. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path)
  return shown === '' || shown.startsWith('..') ? path : shown
}

/** `ENOENT` and the like, or undefined. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

/** Whether the system refused for want of descriptors or memory, or for a disk that may answer the next time. */
export function isPassing(cause: unknown): boolean {
  return PASSING.has(errorCode(cause) ?? '')
}

const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EIO', 'ESTALE'])

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  ELOOP: 'its symbolic links go in a circle (ELOOP)',
  ENOTDIR: 'a part of its path is no folder (ENOTDIR)',
}

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  const code = errorCode(cause)
  return REASONS[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
}
