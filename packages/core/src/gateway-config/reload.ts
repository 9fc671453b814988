import { joined, type KeyTable, pathText, rowsOf } from '../config/key-table.ts'
import { isRecord } from '../config/read-table.ts'
import type { GatewayConfig, ListenerConfig } from './gateway-config.ts'
import { ownGatewayKeys } from './gateway-keys.ts'
import type { ProgramKeys } from './program-keys.ts'

/** What a changed `infrarust.toml` changes while the proxy runs. */
export interface Reload<Own = unknown> {
  /** What is in force from now on: the wanted values, but those that need a restart as they were. */
  readonly config: GatewayConfig & Own
  /** Names of the keys that changed and wait for a restart. */
  readonly needRestart: readonly string[]
}

/**
 * What of a changed configuration a running proxy takes over: everything that needs no new listener and no new thread.
 *
 * @param program as `readGateway` was told
 */
export function reload<Own>(
  running: GatewayConfig & Own,
  wanted: GatewayConfig & Own,
  { tables = rowsOf([]) }: ProgramKeys<Own> = {},
): Reload<Own> {
  const needRestart: string[] = []
  const merged = mergeLive(joined(ownGatewayKeys, tables), running, wanted, [], needRestart)
  const listeners = reloadListeners(running.listeners, wanted.listeners, needRestart)
  return { config: { ...wanted, ...merged, listeners }, needRestart }
}

function reloadListeners(
  running: readonly ListenerConfig[],
  wanted: readonly ListenerConfig[],
  needRestart: string[],
): readonly ListenerConfig[] {
  const wantedByAddress = new Map(wanted.map((listener) => [addressOf(listener), listener]))
  const isSame =
    running.length === wanted.length &&
    running.every((listener) => wantedByAddress.get(addressOf(listener))?.name === listener.name)
  if (!isSame) needRestart.push(wanted.length === 1 && running.length === 1 ? 'bind' : 'listener')
  return running.map((listener) => ({
    ...listener,
    proxyProtocol: wantedByAddress.get(addressOf(listener))?.proxyProtocol ?? listener.proxyProtocol,
  }))
}

function addressOf({ host, port }: ListenerConfig): string {
  return `${host} ${port}`
}

/** The wanted fields of one table, with the running value where a row says that it needs a restart. */
function mergeLive(
  table: KeyTable<unknown>,
  running: object,
  wanted: object,
  path: readonly string[],
  needRestart: string[],
): Readonly<Record<string, unknown>> {
  const runningFields = new Map(Object.entries(running))
  const wantedFields = new Map(Object.entries(wanted))
  const merged: Record<string, unknown> = {}
  for (const [field, row] of table.rows) {
    // `bind` and the like exist in the file only; the listeners made of them are compared apart.
    if (!wantedFields.has(field) || row.kind === 'tables') continue
    const [before, after]: unknown[] = [runningFields.get(field), wantedFields.get(field)]
    const here = [...path, row.name]
    if (row.kind === 'table') {
      merged[field] =
        isRecord(before) && isRecord(after) ? mergeLive(row.table, before, after, here, needRestart) : after
    } else if (row.reload === 'restart' && JSON.stringify(before) !== JSON.stringify(after)) {
      needRestart.push(pathText(here))
      merged[field] = before
    } else merged[field] = after
  }
  return merged
}
