import type { BackendAddress } from '@infrarust/core'

/** `10.0.1.5:25565`, `[2001:db8::1]:25565`, or the host alone. */
export function addressText({ host, port }: BackendAddress): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return port === undefined ? bracketed : `${bracketed}:${port}`
}
