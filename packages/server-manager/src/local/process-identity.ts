import { readdirSync, readFileSync } from 'node:fs'

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** In ticks since boot, as the system says it. */
  readonly startedTicks: string
  readonly bootId: string
}

/** The variable by which a child, and all that it starts, is known to be ours. */
export const TOKEN_VARIABLE = 'INFRARUST_LOCAL'

/** @returns undefined where there is no such process, or the system does not tell (it does on Linux) */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Behind the name, which may hold anything: state is the third field, the start time the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    const startedTicks = fields[19]
    if (startedTicks === undefined || state === 'Z' || state === 'X') return undefined
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return { pid, startedTicks, bootId }
  } catch {
    return undefined
  }
}

/** Whether that very process is still there. */
export function isStillThere(known: ProcessIdentity): boolean {
  const now = identify(known.pid)
  return now !== undefined && now.startedTicks === known.startedTicks && now.bootId === known.bootId
}

/** Whether any process of a group is there; the leader may be gone. */
export function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The group of a process that carries this token, whatever its number is; undefined where there is none. */
export function groupWithToken(token: string): number | undefined {
  const mark = `${TOKEN_VARIABLE}=${token}\0`
  for (const name of folderNames('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)) continue
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const group = Number(fields[2])
      if (fields[0] !== 'Z' && Number.isSafeInteger(group) && group > 1) return group
    } catch {
      // It belongs to somebody else, or is gone.
    }
  }
  return undefined
}

function folderNames(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
