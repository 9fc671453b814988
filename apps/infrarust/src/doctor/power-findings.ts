import type { Server } from '@infrarust/core'
import {
  type PowerCheck,
  PowerError,
  type PowerState,
  powerTypeFor,
  type ServerPowerType,
} from '@infrarust/core/server-power'

/** What is found out about who starts and stops a server, without an order. */
export interface PowerFindings {
  /** `type` in `[server_manager]`. */
  readonly type: string
  readonly state: PowerState
  /** One line each; of what is not well with what to do. */
  readonly checks: readonly { readonly ok: boolean; readonly text: string }[]
}

/** A panel has ten seconds for each answer, and some are asked twice. */
const LONGEST_MS = 30_000

/**
 * Asks who starts and stops a server for its state, and whether it would take the orders.
 *
 * @param types   those that can be asked beside a running proxy
 * @param baseDir where relative paths begin of a server whose file is not known
 * @returns undefined for a server that has no such manager
 */
export async function powerFindings(
  { serverManager, id, provider, source }: Server,
  types: readonly ServerPowerType[],
  baseDir: string,
): Promise<PowerFindings | undefined> {
  const found = powerTypeFor(serverManager?.type, types)
  if (serverManager?.type === undefined || found === undefined) return undefined
  const { type } = serverManager
  const server = { id, provider, key: id, source }
  const power = found.open(serverManager, { server, folder: baseDir, stateFolder: baseDir, notice: () => {} })
  const signal = AbortSignal.timeout(LONGEST_MS)
  try {
    const { state, why } = await power.state(signal)
    const said: readonly PowerCheck[] = why === undefined ? [] : [{ isGood: false, text: why }]
    const checks = [...said, ...((await power.check?.(signal)) ?? [])]
    return { type, state, checks: checks.map(({ isGood, text }) => ({ ok: isGood, text })) }
  } catch (error) {
    const text = error instanceof PowerError ? error.message : String(error)
    return { type, state: 'unknown', checks: [{ ok: false, text }] }
  }
}
