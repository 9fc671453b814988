import { type BanTarget, type InvalidBanTarget, parseBanTarget } from '@infrarust/core/ban-store'
import { shellWord } from '../print/shell-word.ts'

/** A target as it is written on a command line: `203.0.113.7`, `Steve`, `--name '.Bed Rock'`. */
export function writtenTarget({ type, value }: BanTarget): string {
  if (type !== 'username') return value
  const bare = parseBanTarget(value)
  const isName = bare.kind === 'target' && bare.target.type === 'username' && bare.target.value === value
  return isName ? value : nameOption(value)
}

/** Why a text is no target, and what to write instead where that can be told. */
export function invalidText({ message, instead, canBeName }: InvalidBanTarget, written: string): string {
  const name = nameOption(written.trim())
  if (instead.length === 0) return canBeName ? `${message}; if a player is called so, write ${name}` : message
  const targets = `${message}; write ${instead.map(shellWord).join(' ')}`
  return canBeName ? `${targets}, or ${name} if a player is called so` : targets
}

function nameOption(name: string): string {
  return `--name ${shellWord(name)}`
}
