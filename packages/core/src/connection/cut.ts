import type { Refusal } from '../policy/policy.ts'
import type { Connection, CutWithText, Next } from './connection.ts'
import { refuse } from './refuse.ts'

/** From outside, at any time: a ban, a kick. Before the relay it is a refusal like any other. */
export function cut(connection: Connection, { at, reason, detail, expiresAt }: CutWithText): Next {
  const refusal: Refusal = {
    reason,
    ...(detail !== undefined && { detail }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
  switch (connection.state.name) {
    case 'relaying':
      // No text: the stream is encrypted or in the middle of a packet, and would be corrupted.
      return connection.close(reason, at)
    case 'accepted':
    case 'proxy-header':
    case 'answering':
      return connection.close(reason, at)
    case 'refusing':
      // It is on its way out already, with its own reason.
      return undefined
    default:
      return refuse(connection, refusal, at)
  }
}

/** The proxy is going down: sessions may end by themselves, nobody else begins one. */
export function drain(connection: Connection, at: number): Next {
  switch (connection.state.name) {
    case 'relaying':
    case 'answering':
    case 'refusing':
      return undefined
    case 'accepted':
    case 'proxy-header':
      return connection.close('shutdown', at)
    default:
      return refuse(connection, { reason: 'shutdown' }, at)
  }
}
