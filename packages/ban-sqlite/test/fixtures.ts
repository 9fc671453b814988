import type { Ban } from '@infrarust/core/ban-store'

/** A ban of this address. */
export function ban(address: string): Ban {
  return {
    target: { type: 'ip', value: address },
    playerName: undefined,
    reason: undefined,
    source: 'console',
    createdAt: 1_700_000_000_000,
    expiresAt: undefined,
  }
}
