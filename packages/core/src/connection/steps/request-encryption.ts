import {
  decodeLoginStart,
  ENCRYPTION_RESPONSE_MAX_BYTES,
  encodeEncryptionRequest,
  floodgateData,
  isAccountName,
  type ProfileKey,
} from '@infrarust/minecraft'
import type { Refusal } from '../../policy/facts.ts'
import type { Server } from '../../server/server.ts'
import { answerDue, encryptionDue } from '../clocks.ts'
import { type Joining, knowAnswerDue } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { refuseLegacyLogin, refuseWhereUnwired } from './log-in.ts'
import { refuse } from './refuse.ts'

/** An operator may have meant it so: not with each player. */
const AGAIN_MS = 3_600_000

/** Asks the client for a secret, and to tell its session server that it is here. Who can have no account is asked for nothing. */
export function requestEncryption(turn: Turn, facts: Joining, server: Server): Next {
  const { logins, settings } = turn.context
  if (facts.opening.kind !== 'handshake') return refuseLegacyLogin(turn, facts)
  const refusal = withoutAccount(turn, facts, server)
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  if (logins === undefined) return refuseWhereUnwired(turn, facts, server)
  const { authentication } = logins
  if (authentication === undefined || !authentication.mayBegin(facts.client.address, turn.at))
    return refuse(turn, facts, { reason: 'auth_unavailable' })

  const protocol = facts.opening.protocolVersion
  const token = authentication.newToken()
  const profileKey = profileKeyOf(turn, facts.opening.frame.length, protocol)
  knowAnswerDue(facts, answerDue(facts, settings, turn.at))
  const deadlineAt = encryptionDue(facts, turn.at)
  turn.enter({ name: 'encrypting', facts, server, request: { token, profileKey }, deadlineAt })
  const request = encodeEncryptionRequest({ publicKey: authentication.publicKey, verifyToken: token }, protocol)
  return turn.respondThenAwait(request, deadlineAt, ENCRYPTION_RESPONSE_MAX_BYTES)
}

/** Why no session server needs to be asked about this player. */
function withoutAccount(turn: Turn, { player, opening }: Joining, server: Server): Refusal | undefined {
  if (opening.kind === 'handshake' && floodgateData(opening.markers) !== undefined) {
    turn.context.noticeSeldom(`bedrock ${server.id}`, AGAIN_MS, {
      level: 'warn',
      message:
        `server "${server.id}": a Bedrock player came, who has no Java account to be verified by: proxy_mode = "client_only" ` +
        `in ${server.source} keeps all of them out; give them a server with proxy_mode = "passthrough" or "offline"`,
    })
    return { reason: 'auth_failed', detail: BEDROCK }
  }
  return isAccountName(player.name) ? undefined : { reason: 'auth_failed', detail: NO_ACCOUNT_NAME }
}

const BEDROCK =
  'Bedrock players have no Java account. Ask its operator for a server that takes them: one with proxy_mode "passthrough" or "offline".'
const NO_ACCOUNT_NAME = 'No Minecraft account has such a name.'

/** The Login Start was kept as it came, behind the handshake. */
function profileKeyOf({ bytes }: Turn, handshakeBytes: number, protocol: number): ProfileKey | undefined {
  const decoded = decodeLoginStart(bytes.kept.subarray(handshakeBytes), protocol)
  return decoded.kind === 'decoded' ? decoded.value.profileKey : undefined
}
