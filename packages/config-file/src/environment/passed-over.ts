import { VARIABLE_PREFIX } from './variable-name.ts'

/**
 * Whether a variable of our prefix, which is no key, is somebody else's and needs no word. A name that is a key is never asked
 * about here: a key counts, whatever its name ends in.
 */
export function isPassedOver(name: string, value: string): boolean {
  if (OWN.has(name)) return true
  const rest = name.slice(VARIABLE_PREFIX.length)
  // Two underscores are ours: no service links them, and a misspelt DOCKER__… that ends in PORT should be told.
  if (rest.includes('__')) return false
  // What Kubernetes writes there is a URL (tcp://10.96.0.7:25565). A bare number was written by somebody who means the listener.
  if (rest === 'PORT') return value.includes('://')
  return OF_KUBERNETES.test(rest)
}

/** Of the launcher, and of the native transport. */
const OWN: ReadonlySet<string> = new Set(['INFRARUST_LAUNCHER', 'INFRARUST_NATIVE_DIR'])

/**
 * Kubernetes tells each container of the services of its namespace: `INFRARUST_SERVICE_HOST`, `INFRARUST_PORT_25565_TCP_ADDR` for
 * one called `infrarust`, `INFRARUST_METRICS_SERVICE_PORT` for `infrarust-metrics`.
 */
const OF_KUBERNETES = /(?:^|_)SERVICE_|(?:^|_)PORT(?:_|$)/
