import { lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { shownPath } from '@infrarust/config-file'

export type Written =
  | { readonly kind: 'written' }
  /** `message` is one line and begins with the file. */
  | { readonly kind: 'refused'; readonly message: string }

/** Whether there is anything of this name, also a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // What cannot be looked at is told when it is written.
    return false
  }
}

/** Writes a file that is not there yet, and the folders that lead to it. What is there stays, whatever it is. */
export function writeNew(path: string, text: string): Written {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { flag: 'wx' })
    return { kind: 'written' }
  } catch (error) {
    return {
      kind: 'refused',
      message: isExisting(error) ? alreadyThere(path) : `${shownPath(path)}: cannot be written: ${reasonOf(error)}`,
    }
  }
}

/** Where it cannot be made, whoever writes into it says why. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch {}
}

/** What is said of a file that would have to be overwritten. */
export function alreadyThere(path: string): string {
  return `${shownPath(path)}: is there already, and is not overwritten`
}

function isExisting(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'EEXIST' &&
    'syscall' in error &&
    error.syscall === 'open'
  )
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
