import { clientKey } from '@infrarust/core'
import type { LogConfig } from './log-keys.ts'

/**
 * How much of an address a log of prefixes has: 256 addresses of IPv4; of IPv6 what a provider gives to a site. A /64 would be
 * one household, which is as good as an address.
 */
const SHOWN_PREFIXES = { ipv4: 24, ipv6: 48 } as const

/** What is written of the address of a client or peer: `203.0.113.0/24`, whose length says that it is none. */
export type ShownAddress = (address: string) => string

/** @returns undefined where addresses are written whole */
export function addressShortener({ addresses }: Pick<LogConfig, 'addresses'>): ShownAddress | undefined {
  return addresses === 'full' ? undefined : networkOf
}

function networkOf(address: string): string {
  return clientKey(address, SHOWN_PREFIXES)
}
