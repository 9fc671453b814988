import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { groupWithToken, identify, isGroupAlive, isStillThere, type ProcessIdentity } from './process-identity.ts'

/** What stands in the lock file of a server's folder, from before its start to its end. */
export interface Lock {
  readonly server: string
  readonly token: string
  /** Not known yet while it is being started. */
  readonly leader?: ProcessIdentity
  /** The proxy whose server it is. */
  readonly proxy?: ProcessIdentity
}

/** A server that runs. */
export interface Found {
  readonly group: number
  /** The id under which it was started. */
  readonly server: string
  /** The process number of another proxy that runs and whose server it is. */
  readonly otherProxy: number | undefined
}

/** `.infrarust.lock` in the folder of a server: which process it runs as, over a crash of the proxy. */
export class LockFile {
  readonly path: string

  constructor(workingDir: string) {
    this.path = join(workingDir, '.infrarust.lock')
  }

  /**
   * From now on the server is this proxy's.
   *
   * @throws {Error} where the folder cannot be written to
   */
  write(lock: Omit<Lock, 'proxy'>): void {
    const made = `${this.path}.new`
    const proxy = identify(process.pid)
    const line = JSON.stringify({ ...lock, ...(proxy !== undefined && { proxy }) })
    writeFileSync(made, `${line}\n`, { mode: 0o600 })
    renameSync(made, this.path)
  }

  /** The server that was found is this proxy's, whose server it was has ended. Where that cannot be written it stays so. */
  takeOver(): void {
    const lock = this.#read()
    if (lock === undefined) return
    try {
      this.write(lock)
    } catch {
      // Another proxy may take it over, too; it is found again all the same.
    }
  }

  remove(): void {
    rmSync(this.path, { force: true })
  }

  /** The process group that the server runs as, whoever has started it; undefined where it does not run. */
  running(): Found | undefined {
    const lock = this.#read()
    if (lock === undefined) return undefined
    const { server, proxy } = lock
    const group = groupOf(lock)
    if (group === undefined) return undefined
    const isElsewhere = proxy !== undefined && proxy.pid !== process.pid && isStillThere(proxy)
    return { group, server, otherProxy: isElsewhere ? proxy.pid : undefined }
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

function groupOf({ leader, token }: Lock): number | undefined {
  if (leader !== undefined && isStillThere(leader)) return leader.pid
  // Killed between the start and the line about it, or its first process has left others behind.
  const group = groupWithToken(token)
  return group !== undefined && isGroupAlive(group) ? group : undefined
}

function isLock(read: unknown): read is Lock {
  if (typeof read !== 'object' || read === null) return false
  const { server, token, leader, proxy } = read as Partial<Record<keyof Lock, unknown>>
  const isNamed = typeof server === 'string' && typeof token === 'string' && token.length >= 16
  return isNamed && [leader, proxy].every((each) => each === undefined || isIdentity(each))
}

function isIdentity(read: unknown): read is ProcessIdentity {
  if (typeof read !== 'object' || read === null) return false
  const { pid, startedTicks, bootId } = read as Partial<Record<keyof ProcessIdentity, unknown>>
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof startedTicks === 'string' && typeof bootId === 'string'
}
