import { isUnixName, type ListenerConfig, OwnEndpoints } from '@infrarust/core'

/** Where a proxy with this configuration listens, as far as that is known before it runs: not where the system chooses. */
export function ownListeners(listeners: readonly ListenerConfig[]): OwnEndpoints {
  const own = new OwnEndpoints()
  for (const { host, port } of listeners) {
    if (isUnixName(host)) own.add({ address: host, port: undefined })
    else if (port !== undefined && port !== 0) own.add({ address: host === 'localhost' ? '127.0.0.1' : host, port })
  }
  return own
}
