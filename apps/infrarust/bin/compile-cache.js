import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Keeps what V8 compiles of the program for the next start, in a folder of our own: `$CACHE_DIRECTORY` and
 * `$STATE_DIRECTORY` are systemd's, else it is in the user's cache folder. `NODE_COMPILE_CACHE` decides otherwise, and
 * `NODE_DISABLE_COMPILE_CACHE=1` does without. Where no folder can be had, everything is compiled at each start.
 */
export function keepCompiledCode() {
  const folder = process.env.NODE_COMPILE_CACHE ? undefined : cacheFolder()
  if (folder !== undefined) module.enableCompileCache(folder)
}

/**
 * What lies in it is run unseen, so nobody else may write there. The folder around it must belong to this user as well:
 * whoever runs a command as root with the HOME of another user leaves nothing in it.
 */
function cacheFolder() {
  if (process.geteuid === undefined) return undefined
  try {
    const base = baseFolder()
    if (base === undefined || !isOwn(base)) return undefined
    const folder = join(base, 'infrarust-compiled')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwn(folder)) return undefined
    // What others have put there while they could is not to be run.
    if ((lstatSync(folder).mode & 0o022) !== 0) rmSync(folder, { recursive: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    return folder
  } catch {
    return undefined
  }
}

function baseFolder() {
  const { CACHE_DIRECTORY, STATE_DIRECTORY, XDG_CACHE_HOME } = process.env
  // systemd separates several by colons.
  const given = CACHE_DIRECTORY?.split(':')[0] || STATE_DIRECTORY?.split(':')[0] || XDG_CACHE_HOME
  if (given) return given
  const folder = join(homedir(), '.cache')
  if (isOwn(dirname(folder))) mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A folder, no link to one, that this user owns. */
function isOwn(folder) {
  const stats = lstatSync(folder)
  return stats.isDirectory() && stats.uid === process.geteuid()
}
