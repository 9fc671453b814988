import type { ServerPower } from '@infrarust/core/server-power'

/**
 * A power whose code is loaded when it is asked for the first time: a program without a panel needs no HTTP.
 *
 * @param staleMs how old what it says may be
 */
export function loadedWhenUsed(load: () => Promise<ServerPower>, staleMs = 0): ServerPower {
  let loading: Promise<ServerPower> | undefined
  let loaded: ServerPower | undefined
  const use = async (signal: AbortSignal): Promise<ServerPower> => {
    signal.throwIfAborted()
    loading ??= load()
    loaded = await loading
    return loaded
  }
  return {
    staleMs,
    state: async (signal) => (await use(signal)).state(signal),
    start: async (signal) => (await use(signal)).start(signal),
    stop: async (signal) => (await use(signal)).stop(signal),
    check: async (signal) => (await (await use(signal)).check?.(signal)) ?? [],
    log: () => loaded?.log?.() ?? [],
    close: async (why) => (await loading)?.close?.(why),
  }
}
