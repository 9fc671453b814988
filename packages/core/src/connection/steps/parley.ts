import {
  compressedFrame,
  decodeClientboundLogin,
  decodeLoginAnswerId,
  decodeLoginPluginRequest,
  decodeServerboundLogin,
  decodeSetCompression,
  decodeVelocityRequest,
  describeMalformed,
  encodeLoginPluginResponse,
  encodeVelocityForwarding,
  type Inflate,
  type Malformed,
  plainFrame,
  type VelocityRequest,
  WHOLE_LOGIN_FRAME_MAX_BYTES,
} from '@infrarust/minecraft'
import type { BackendLogin } from '../../forwarding/forwarding.ts'
import { explain, type MismatchName } from '../../forwarding/mismatch.ts'
import type { Server } from '../../server/server.ts'
import { answerDue } from '../clocks.ts'
import { type DialledLogin, knowAnswerDue, knowRelay } from '../facts.ts'
import type { StepInput } from '../input.ts'
import { concat } from '../intake.ts'
import type { ParleyProgress, StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { passDisconnectOn } from './backend-disconnect.ts'
import { cannotAnnounce, profileOf } from './login-head.ts'
import { refuse } from './refuse.ts'

type Parleying = StateOf<'parleying'>

/** The backend's first byte is there: its login is listened to. */
export function beginParley(turn: Turn, facts: DialledLogin, server: Server, login: BackendLogin): Next {
  const state: Parleying = { name: 'parleying', facts, server, login, ...BEGINNING }
  return new Passing(turn, state).goOn()
}

const BEGINNING: ParleyProgress = {
  isCompressed: false,
  hasAnswered: false,
  leftForClient: 0,
  leftForServer: 0,
  owed: new Uint8Array(0),
  questions: [],
  longQuestions: 0,
  isOver: false,
}

/**
 * Passes the frames of a login on as they are, each way; only Velocity's question is answered here. Login Success ends it,
 * and is passed on by the relay.
 */
export function parley(turn: Turn, state: Parleying, input: StepInput): Next {
  switch (input.kind) {
    case 'server-bytes':
      return passToClient(turn, state, input.bytes)
    case 'bytes':
      return passToServer(turn, state, input.bytes)
    case 'ended':
      return turn.close('client_closed')
    case 'server-ended':
      if (state.isOver) return turn.closeFor('server_closed', TOO_LONG_TO_READ)
      return serverGone(turn, state, 'it has closed in the middle of a login, without a word')
    case 'deadline':
      if (state.isOver) return turn.closeFor('server_closed', TOO_LONG_TO_READ)
      return serverGone(turn, state, 'it has not let a player in in time')
    default:
      return undefined
  }
}

/** What goes over with one decision. Everything in it is a copy: the bytes that came are views. */
class Passing {
  readonly turn: Turn
  state: Parleying
  consumed = 0
  readonly #toClient: Uint8Array[] = []
  readonly #toServer: Uint8Array[] = []

  constructor(turn: Turn, state: Parleying) {
    this.turn = turn
    this.state = state
  }

  get inflate(): Inflate | undefined {
    const { logins } = this.turn.context
    if (!this.state.isCompressed || logins === undefined) return undefined
    return (data, maxOutputBytes) => logins.inflate(data, maxOutputBytes)
  }

  update(progress: Partial<ParleyProgress>): void {
    this.state = { ...this.state, ...progress }
  }

  toClient(bytes: Uint8Array): void {
    this.#toClient.push(bytes)
  }

  toServer(bytes: Uint8Array): void {
    this.#toServer.push(bytes)
  }

  goOn(then: 'parley' | 'pump' = 'parley'): Next {
    const { turn, state } = this
    const { facts } = state
    const toClient = concat(...this.#toClient)
    // A client waits anew from each frame that it was sent.
    if (toClient.length > 0) knowAnswerDue(facts, answerDue(facts, turn.context.settings, turn.at))
    const deadlineAt = facts.answerDueAt
    const toServer = concat(...this.#toServer)
    if (then === 'pump') turn.enter({ name: 'relaying', facts: knowRelay(facts, facts.endpoint) })
    else turn.enter(state)
    return turn.parley({
      consumedFromServer: this.consumed,
      toClient,
      toServer,
      deadlineAt,
      maxBytes: WHOLE_LOGIN_FRAME_MAX_BYTES,
      maxServerBytes: WHOLE_LOGIN_FRAME_MAX_BYTES,
      then,
    })
  }
}

function passToClient(turn: Turn, state: Parleying, bytes: Uint8Array): Next {
  const passing = new Passing(turn, state)
  for (;;) {
    const rest = bytes.subarray(passing.consumed)
    const { leftForClient, isOver } = passing.state
    if (leftForClient > 0) {
      const piece = rest.subarray(0, leftForClient)
      passing.toClient(piece)
      passing.consumed += piece.length
      passing.update({ leftForClient: leftForClient - piece.length })
      if (piece.length < leftForClient) return passing.goOn()
      continue
    }
    // What ends the login has to be at the front: all before it is passed on, and consumed, first.
    if (isOver) return passing.consumed > 0 ? passing.goOn() : turn.closeFor('server_closed', TOO_LONG_TO_READ)

    const found = decodeClientboundLogin(rest, passing.inflate)
    if (found.kind === 'incomplete') return passing.consumed > 0 ? passing.goOn() : undefined
    if (found.kind === 'malformed') return passing.consumed > 0 ? passing.goOn() : unreadable(turn, state, found)
    const { packet } = found.value
    if (packet === 'login-success') {
      if (state.login.forwarding.kind !== 'velocity' || passing.state.hasAnswered) return passing.goOn('pump')
      return passing.consumed > 0 ? passing.goOn() : refuseAs(turn, state, 'never-asked')
    }
    if (packet === 'encryption-request')
      return passing.consumed > 0 ? passing.goOn() : refuseAs(turn, state, 'online-mode')
    if (packet === 'login-disconnect' && found.kind === 'decoded')
      return passing.consumed > 0 ? passing.goOn() : passDisconnectOn(turn, state, found.value.frame, passing.inflate)

    if (found.kind === 'long') {
      // It only passes through; its bytes are passed on as they come.
      const longQuestions = passing.state.longQuestions + (packet === 'login-plugin-request' ? 1 : 0)
      passing.update({ leftForClient: found.frameBytes, longQuestions, isOver: packet === 'login-disconnect' })
      continue
    }
    const { frame, packetId } = found.value
    const asked = packet === 'login-plugin-request' ? velocityRequest(passing, frame) : undefined
    if (asked === undefined) passFrame(passing, packet, packetId, frame)
    else if (!answerVelocity(passing, asked)) return passing.consumed > 0 ? passing.goOn() : cannotAnswer(turn, state)
    passing.consumed += found.consumedBytes
  }
}

/** The player reads it: a client has room for more than is held here. */
const TOO_LONG_TO_READ = 'the server has refused the player, with a text of more than 64 KiB'

function cannotAnswer(turn: Turn, { facts }: Parleying): Next {
  return refuse(turn, facts, { reason: 'forwarding' })
}

function velocityRequest({ state, inflate }: Passing, frame: Uint8Array): VelocityRequest | undefined {
  return state.login.forwarding.kind === 'velocity' ? decodeVelocityRequest(frame, inflate) : undefined
}

function passFrame(passing: Passing, packet: string, packetId: number, frame: Uint8Array): void {
  const { turn, state, inflate } = passing
  switch (packet) {
    case 'set-compression': {
      // The frame itself is in the old format, what follows it in the new one.
      const plain = plainFrame(frame, inflate)
      const decoded = plain.kind === 'decoded' ? decodeSetCompression(plain.value) : plain
      if (decoded.kind === 'decoded') passing.update({ isCompressed: decoded.value.thresholdBytes >= 0 })
      break
    }
    case 'login-plugin-request': {
      const plain = plainFrame(frame, inflate)
      const decoded = plain.kind === 'decoded' ? decodeLoginPluginRequest(plain.value) : plain
      if (decoded.kind === 'decoded') passing.update({ questions: [...state.questions, decoded.value.messageId] })
      else passing.update({ longQuestions: state.longQuestions + 1 })
      break
    }
    case 'unknown':
      turn.context.noticeSeldom(`packet ${packetId} ${state.server.id}`, Number.POSITIVE_INFINITY, {
        level: 'info',
        message: `server "${state.server.id}" sends a login packet ${packetId} that is not known here; it is passed on`,
      })
      break
    default:
      break
  }
  passing.toClient(frame)
}

/** The one question that is the proxy's own: a client would say that it does not understand it. */
function answerVelocity(passing: Passing, { messageId, versionAsked }: VelocityRequest): boolean {
  const { state } = passing
  const data = signedAnswer(passing, versionAsked)
  if (data === undefined) return false
  const frame = encodeLoginPluginResponse({ messageId, data })
  const answer = state.isCompressed ? compressedFrame(frame) : frame
  // In the middle of a frame of the client it would be taken for a part of it.
  if (state.leftForServer > 0) passing.update({ owed: concat(state.owed, answer) })
  else sendAnswers(passing, answer)
  return true
}

function sendAnswers(passing: Passing, answers: Uint8Array): void {
  passing.toServer(answers)
  passing.update({ hasAnswered: true, owed: BEGINNING.owed })
}

function signedAnswer(
  { turn, state: { facts, login, server } }: Passing,
  versionAsked: number,
): Uint8Array | undefined {
  if (login.forwarding.kind !== 'velocity') return undefined
  const asked = { versionAsked, protocolVersion: facts.intent.protocol ?? 0 }
  const announced = { clientAddress: facts.client.address, profile: profileOf(turn, facts.player) }
  try {
    return encodeVelocityForwarding(announced, asked, login.forwarding.hmac)
  } catch (error) {
    return cannotAnnounce(turn, server, error)
  }
}

function passToServer(turn: Turn, state: Parleying, bytes: Uint8Array): Next {
  const passing = new Passing(turn, state)
  for (let taken = 0; ; ) {
    const rest = bytes.subarray(taken)
    const { leftForServer, owed } = passing.state
    if (leftForServer > 0) {
      const piece = rest.subarray(0, leftForServer)
      passing.toServer(piece)
      taken += piece.length
      turn.bytes.drop(piece.length)
      passing.update({ leftForServer: leftForServer - piece.length })
      if (piece.length < leftForServer) return passing.goOn()
      if (owed.length > 0) sendAnswers(passing, owed)
      continue
    }
    const found = decodeServerboundLogin(rest, passing.inflate)
    if (found.kind === 'incomplete') return taken > 0 ? passing.goOn() : undefined
    if (found.kind === 'malformed')
      return turn.closeFor('bad_handshake', `not a login packet: ${describeMalformed(found)}`)
    const { packet } = found.value
    // A backend that took them would take another name than the one that was verified and is announced to it.
    if (packet === 'login-start' || packet === 'encryption-response')
      return turn.closeFor('bad_handshake', `a packet that was its turn before: ${packet}`)
    if (packet === 'login-plugin-response') {
      const answered = decodeLoginAnswerId(rest, passing.inflate)
      if (answered.kind === 'incomplete') return taken > 0 ? passing.goOn() : undefined
      if (answered.kind === 'malformed' || !mayAnswer(passing, answered.value)) return refuseAnswer(turn)
    }
    if (found.kind === 'long') {
      passing.update({ leftForServer: found.frameBytes })
      continue
    }
    const { frame } = found.value
    passing.toServer(frame)
    taken += found.consumedBytes
    turn.bytes.drop(found.consumedBytes)
  }
}

/**
 * Whether the backend has asked that. An answer to Velocity's question, which the client never sees, could be one that was
 * signed for somebody else and seen by another backend.
 */
function mayAnswer(passing: Passing, messageId: number): boolean {
  const { questions, longQuestions } = passing.state
  if (questions.includes(messageId)) {
    passing.update({ questions: questions.filter((id) => id !== messageId) })
    return true
  }
  // It may be that of a question that was too long to be looked at.
  if (longQuestions === 0) return false
  passing.update({ longQuestions: longQuestions - 1 })
  return true
}

function refuseAnswer(turn: Turn): Next {
  return turn.closeFor('bad_handshake', 'an answer to a question that nobody has asked')
}

function refuseAs(turn: Turn, { facts, server, login }: Parleying, mismatch: MismatchName): Next {
  turn.context.notice({ level: 'warn', message: explain(mismatch, { server, login }) })
  return refuse(turn, facts, { reason: 'forwarding' })
}

function unreadable(turn: Turn, state: Parleying, fault: Malformed): Next {
  return serverGone(turn, state, `it has sent what is no packet of a login (${describeMalformed(fault)})`)
}

function serverGone(turn: Turn, { facts, server }: Parleying, what: string): Next {
  turn.context.notice({ level: 'warn', message: `server "${server.id}": ${what}; see its own log` })
  return refuse(turn, facts, { reason: 'server_down' })
}
