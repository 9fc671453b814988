import { type Ban, parseBanTarget } from '../../src/entries/ban-store.ts'

/** A ban of whatever this text means. */
export function ban(written: string, more: Partial<Ban> = {}): Ban {
  const parsed = parseBanTarget(written)
  if (parsed.kind === 'invalid') throw new Error(parsed.message)
  return {
    target: parsed.target,
    playerName: undefined,
    reason: undefined,
    source: 'console',
    createdAt: 1_700_000_000_000,
    expiresAt: undefined,
    ...more,
  }
}
