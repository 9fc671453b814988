import { userInfo } from 'node:os'
import { BanStoreError } from '@infrarust/core/ban-store'
import { readConfiguration } from '../configuration.ts'
import { ControlError } from '../control/control-error.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { tell } from '../print/print.ts'
import type { BanAccess } from './ban-access.ts'
import { VerbError } from './verb-error.ts'

/**
 * Has a command do something about bans. What goes wrong is told on standard error, and the exit code is 1.
 *
 * @returns whether all was done
 */
export async function withBans(options: GlobalOptions, work: (bans: BanAccess) => Promise<void>): Promise<boolean> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') {
    for (const problem of configuration.problems) complain(problem)
    return false
  }
  const { BanAccess } = await import('./ban-access.ts')
  const bans = new BanAccess(dataPaths(configuration.loaded.config, configuration.path))
  try {
    await work(bans)
    return true
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof VerbError || error instanceof BanStoreError)) throw error
    complain(error.message)
    return false
  } finally {
    await bans.close()
  }
}

/** One line for the operator; the command then ends with 1. */
export function complain(message: string): void {
  tell(`infrarust: ${message}`)
  process.exitCode = 1
}

/** Who runs the command, for the audit trail. */
export function operator(): string {
  try {
    return process.env.SUDO_USER || userInfo().username
  } catch {
    // A container may run as a user that its system does not know.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
