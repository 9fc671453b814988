import { decodeEncryptionResponse, describeMalformed, ENCRYPTION_RESPONSE_MAX_BYTES } from '@infrarust/minecraft'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { askSessionServer } from './authenticate.ts'

/**
 * Waits for the secret of the connection. Whatever is wrong with it ends the connection without a word: the client has
 * enciphered its side by now, and reads nothing else.
 */
export function readEncryption(turn: Turn, state: StateOf<'encrypting'>, input: StepInput): Next {
  switch (input.kind) {
    case 'bytes':
      break
    case 'ended':
      return turn.close('client_closed')
    case 'deadline':
      return turn.close('login_timeout')
    default:
      return undefined
  }

  const { bytes } = turn
  const { facts, server, request, deadlineAt } = state
  const authentication = turn.context.logins?.authentication
  const decoded = decodeEncryptionResponse(bytes.unread, facts.intent.protocol ?? 0)
  switch (decoded.kind) {
    case 'incomplete':
      return turn.await(deadlineAt, ENCRYPTION_RESPONSE_MAX_BYTES)
    case 'malformed':
      return turn.closeFor(
        decoded.code === 'frame-too-long' ? 'overrun' : 'bad_handshake',
        `not an Encryption Response: ${describeMalformed(decoded)}`,
      )
    case 'decoded':
      break
  }

  // The same for a wrong token and a wrong secret: a peer who could tell them apart could ask on.
  const secret = authentication?.open(decoded.value, request)
  if (authentication === undefined || secret === undefined) return turn.closeFor('auth_failed', WRONG_ANSWER)
  bytes.drop(decoded.consumedBytes)
  return askSessionServer(turn, facts, server, authentication, secret)
}

const WRONG_ANSWER = 'an answer to another Encryption Request'
