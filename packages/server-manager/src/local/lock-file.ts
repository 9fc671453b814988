import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { groupWithToken, isGroupAlive, isStillThere, type ProcessIdentity } from './process-identity.ts'

/** What stands in the lock file of a server's folder, from before its start to its end. */
export interface Lock {
  readonly server: string
  readonly token: string
  /** Not known yet while it is being started. */
  readonly leader?: ProcessIdentity
}

/** A server that runs. */
export interface Found {
  readonly group: number
  /** The id under which it was started. */
  readonly server: string
}

/** `.infrarust.lock` in the folder of a server: which process it runs as, over a crash of the proxy. */
export class LockFile {
  readonly path: string

  constructor(workingDir: string) {
    this.path = join(workingDir, '.infrarust.lock')
  }

  /** @throws {Error} where the folder cannot be written to */
  write(lock: Lock): void {
    const made = `${this.path}.new`
    writeFileSync(made, `${JSON.stringify(lock)}\n`, { mode: 0o600 })
    renameSync(made, this.path)
  }

  remove(): void {
    rmSync(this.path, { force: true })
  }

  /** The process group that the server runs as, whoever has started it; undefined where it does not run. */
  running(): Found | undefined {
    const lock = this.#read()
    if (lock === undefined) return undefined
    const { leader, token, server } = lock
    if (leader !== undefined && isStillThere(leader)) return { group: leader.pid, server }
    // Killed between the start and the line about it, or its first process has left others behind.
    const group = groupWithToken(token)
    return group !== undefined && isGroupAlive(group) ? { group, server } : undefined
  }

  #read(): Lock | undefined {
    try {
      const read: unknown = JSON.parse(readFileSync(this.path, 'utf8'))
      return isLock(read) ? read : undefined
    } catch {
      return undefined
    }
  }
}

function isLock(read: unknown): read is Lock {
  if (typeof read !== 'object' || read === null) return false
  const { server, token, leader } = read as Partial<Record<keyof Lock, unknown>>
  const isNamed = typeof server === 'string' && typeof token === 'string' && token.length >= 16
  return isNamed && (leader === undefined || isIdentity(leader))
}

function isIdentity(read: unknown): read is ProcessIdentity {
  if (typeof read !== 'object' || read === null) return false
  const { pid, startedTicks, bootId } = read as Partial<Record<keyof ProcessIdentity, unknown>>
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof startedTicks === 'string' && typeof bootId === 'string'
}
