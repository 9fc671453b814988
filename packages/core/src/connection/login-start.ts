import { decodeLoginStart, LOGIN_START_MAX_BYTES } from '@infrarust/minecraft'
import { hasControlCharacter } from '../text/control-characters.ts'
import type { Connection, Next } from './connection.ts'
import { refuse } from './refuse.ts'
import { serve } from './serve.ts'
import type { StateOf, StepInput } from './state.ts'

/** Waits until it is known who is asking. What follows the name may be of any layout: it is passed on as it is. */
export function readLoginStart(connection: Connection, state: StateOf<'login-start'>, input: StepInput): Next {
  const { at } = input
  const { destination } = connection
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
      return connection.close('client_closed', at)
    case 'deadline':
      // The text was due anyway; the name would only have told whether another one is.
      if (destination?.kind === 'nowhere') return refuse(connection, destination.refusal, at)
      return connection.close('login_timeout', at)
    default:
      return undefined
  }

  const decoded = decodeLoginStart(connection.intake.unread, connection.intent?.protocol ?? 0)
  switch (decoded.kind) {
    case 'incomplete':
      return connection.hasEnded
        ? connection.close('client_closed', at)
        : connection.await(state.deadlineAt, LOGIN_START_MAX_BYTES)
    case 'malformed':
      return connection.close(decoded.code === 'frame-too-long' ? 'overrun' : 'bad_handshake', at)
    case 'decoded':
      connection.intake.keep(decoded.consumedBytes)
      connection.player = { name: decoded.value.name, claimedUuid: decoded.value.claimedUuid }
      // Any other character may be in a name: servers without authentication, and Bedrock, have blanks and all scripts.
      if (hasControlCharacter(decoded.value.name)) return connection.close('bad_handshake', at)
      return serve(connection, at)
  }
}
