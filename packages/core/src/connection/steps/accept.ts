import { Decoder } from '@infrarust/proxy-protocol'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { admitClient } from './admit.ts'
import { isHeaderTrusted, refuseHeader } from './header-fault.ts'

/** Whether this peer is to send a header, may send one, or must not. */
export function admitPeer(turn: Turn, { facts }: StateOf<'accepted'>): Next {
  const { overCapacity, listener } = facts
  if (overCapacity !== undefined && !turn.takeAnswerPlace()) return turn.close(overCapacity.reason, 'reset')
  const { mode } = listener.proxyProtocol
  if (mode === 'off') return admitClient(turn, facts)
  // Whatever this peer sends is refused, so it is not waited for.
  if (mode === 'required' && !isHeaderTrusted(facts)) return refuseHeader(turn, facts, { code: 'untrusted' })
  return turn.goOn({
    name: 'proxy-header',
    facts,
    decoder: new Decoder(listener.decoding),
    hasBegun: mode === 'required',
  })
}
