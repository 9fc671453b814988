import type { ServerPower } from '@infrarust/core/server-power'

/** What is known of a power before its code is loaded. */
export interface KnownBefore extends Pick<ServerPower, 'staleMs' | 'pollMs'> {
  /** Whether there are lines of the server's own. */
  readonly hasLog: boolean
}

/** A power whose code is loaded when it is asked for the first time: a program without a panel needs no HTTP. */
export function loadedWhenUsed(load: () => Promise<ServerPower>, { hasLog, ...known }: KnownBefore): ServerPower {
  let loading: Promise<ServerPower> | undefined
  const use = async (signal: AbortSignal): Promise<ServerPower> => {
    signal.throwIfAborted()
    loading ??= load()
    return await loading
  }
  return {
    ...known,
    state: async (signal) => (await use(signal)).state(signal),
    start: async (signal) => (await use(signal)).start(signal),
    stop: async (signal) => (await use(signal)).stop(signal),
    check: async (signal) => (await (await use(signal)).check?.(signal)) ?? [],
    ...(hasLog && { log: async (signal: AbortSignal) => await (await use(signal)).log?.(signal) }),
    close: async (why) => (await loading)?.close?.(why),
  }
}
