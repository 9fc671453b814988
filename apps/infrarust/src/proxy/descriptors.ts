import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * How many connections fit: the descriptor limit of this process less 10 %, which files, the log and the proxy's own
 * connections need. Node has raised the limit to what the system allows before our first line runs.
 */
export function connectionsThatFit(): number {
  return Math.floor(descriptorLimit() * 0.9)
}

/** For systems that have no such limit. */
const UNLIMITED = 1_000_000

function descriptorLimit(): number {
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
