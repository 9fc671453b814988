import { readdirSync, readFileSync } from 'node:fs'

/** Nanoseconds of CPU that a process has used, all of it and its first thread (JavaScript, in Infrarust). */
export interface CpuUse {
  readonly allNs: number
  readonly mainNs: number
}

/** @see proc_pid_schedstat: time spent on the CPU in nanoseconds, then on the run queue, then time slices */
export function cpuOf(pid: number): CpuUse {
  let allNs = 0
  let mainNs = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    allNs += Number(ns)
    if (Number(thread) === pid) mainNs = Number(ns)
  }
  return { allNs, mainNs }
}

/** Resident memory without what is shared with other processes, in bytes. */
export function memoryOf(pid: number): number {
  return rollup(pid, 'Private_Clean') + rollup(pid, 'Private_Dirty')
}

/** Resident memory in bytes, of what is shared with others its part (PSS). */
export function proportionalMemoryOf(pid: number): number {
  return rollup(pid, 'Pss')
}

/** @see proc_pid_smaps_rollup */
function rollup(pid: number, key: string): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
}
