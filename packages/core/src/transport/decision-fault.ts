import type { Decision } from './contract.ts'
import { CIPHER_KEY_BYTES } from './limits.ts'

/** Where a connection stands, for what may be decided about it. */
export interface DecidedAbout {
  readonly stage: 'before a relay' | 'in a parley' | 'relaying'
  /** A cipher was decided before. */
  readonly isCiphered: boolean
}

/** What the contract does not allow here, for the operator; undefined where it does. Both transports ask here. */
export function decisionFault(decision: Decision, { stage, isCiphered }: DecidedAbout): string | undefined {
  if (!isAllowed(decision, stage)) return `"${decision.kind}" was decided for a connection that is ${stage}`
  if (!('cipher' in decision) || decision.cipher === undefined) return undefined
  if (isCiphered) return 'a second cipher was decided'
  const { length } = decision.cipher
  return length === CIPHER_KEY_BYTES ? undefined : `a cipher of ${length} bytes was decided`
}

function isAllowed(decision: Decision, stage: DecidedAbout['stage']): boolean {
  switch (stage) {
    case 'before a relay':
      return decision.kind !== 'parley'
    case 'in a parley':
      return decision.kind === 'parley' || decision.kind === 'close' || isLastAnswer(decision)
    case 'relaying':
      return decision.kind === 'close'
  }
}

function isLastAnswer(decision: Decision): boolean {
  return decision.kind === 'respond' && decision.then.kind === 'close'
}
