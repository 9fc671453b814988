import { relative } from 'node:path'
import { keyLocator, type Place } from './locate-key.ts'
import { readBoundedFile } from './read-bounded-file.ts'
import { isPassing, reasonOf } from './system-error.ts'
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
const LONGEST_FILE_BYTES = 1_048_576

/** Reads one file. */
export async function readTomlFile(path: string): Promise<TomlFile> {
  const name = shownPath(path)
  const file = await readBoundedFile(path, LONGEST_FILE_BYTES)
  switch (file.kind) {
    case 'missing':
      return file
    case 'irregular':
      return faulty(`${name}: is no regular file`)
    case 'too-long':
      return faulty(`${name}: is longer than 1 MiB`)
    case 'unreadable':
      return { ...faulty(`${name}: cannot be read: ${reasonOf(file.cause)}`), isPassing: isPassing(file.cause) }
    case 'bytes':
      return read(name, file.bytes)
  }
}

function read(name: string, bytes: Uint8Array): TomlFile {
  const parsed = parseToml(bytes)
  if (parsed.kind === 'fault') return faulty(`${at(name, parsed.place)}: ${parsed.message}`)
  const place = keyLocator(parsed.text)
  return { kind: 'values', values: parsed.values, locate: (keys) => at(name, place(keys)) }
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
