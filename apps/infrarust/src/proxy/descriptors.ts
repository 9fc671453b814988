import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * How many connections fit when each of them is a session, which takes two descriptors: the client's and the server's. Of
 * the limit of this process 10 % are left for files, the log, those who are being refused, and the proxy's own connections;
 * what of them is above OWN_DESCRIPTORS, the native transport may use for its pipes (64 at most).
 * Node has raised the limit to what the system allows before our first line runs.
 *
 * @param limit of open descriptors
 */
export function connectionsThatFit(limit: number = descriptorLimit()): number {
  const free = limit - Math.max(Math.ceil(limit * 0.1), OWN_DESCRIPTORS)
  return Math.max(1, Math.floor(free / DESCRIPTORS_A_SESSION))
}

const DESCRIPTORS_A_SESSION = 2

/** A proxy that serves nobody has some thirty open. Where a tenth of a small limit is less, mute connections would take all. */
const OWN_DESCRIPTORS = 48

/** For systems that have no such limit. */
const UNLIMITED = 1_000_000

/** How many descriptors this process may have open. */
export function descriptorLimit(): number {
  if (process.platform === 'win32') return UNLIMITED
  const soft =
    process.platform === 'linux' ? linuxLimit() : execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const limit = Number(soft)
  return Number.isInteger(limit) && limit > 0 ? limit : UNLIMITED
}

/** @see proc_pid_limits(5): `Max open files  <soft>  <hard>  files` */
function linuxLimit(): string | undefined {
  return /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
}
