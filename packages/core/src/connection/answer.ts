import {
  decodeStatusJson,
  decodeStatusRequest,
  encodeLegacyKick,
  encodeLegacyStatus,
  encodeLoginDisconnect,
  encodePing,
  encodeStatusResponse,
  type LegacyPing,
  STATUS_REQUEST_MAX_BYTES,
  type Status,
  statusJson,
} from '@infrarust/minecraft'
import type { Refusal } from '../policy/policy.ts'
import type { Connection, Next } from './connection.ts'
import { GO_ON } from './go-on.ts'
import { concat } from './intake.ts'
import { REFUSAL_READ_MS } from './refuse.ts'
import { serverOfTexts } from './route.ts'
import type { StateOf, StepInput } from './state.ts'
import type { About, StatusText } from './surroundings.ts'

/** Gives the text for a refusal in the protocol that the client speaks: a kick for a login, a status for a ping. */
export function answerRefusal(connection: Connection, refusal: Refusal, at: number): Next {
  const { opening } = connection
  if (opening?.kind === 'handshake' && opening.intent === 'status' && !connection.hasStatusRequest) {
    connection.enter({ name: 'status-request', deadlineAt: at + REFUSAL_READ_MS, due: refusal }, at)
    return GO_ON
  }
  return answer(connection, about(connection, refusal.reason, refusal), at)
}

/** The built-in server of a first run. */
export function welcome(connection: Connection, at: number): Next {
  connection.reason ??= 'answered'
  return answer(connection, about(connection, 'welcome'), at)
}

/** @param json as a backend sent it or as `statusJson` writes it */
export function answerWithStatus(connection: Connection, json: string, at: number): Next {
  connection.reason ??= 'answered'
  const { opening } = connection
  if (opening?.kind !== 'legacy-ping') return sendStatus(connection, json, at)
  const decoded = decodeStatusJson(json)
  return decoded.kind === 'decoded'
    ? connection.respondThenClose(legacyStatus(opening, decoded.value), at)
    : connection.close('server_down', at)
}

/** After a status: the ping that measures the way, or nothing. */
export function readPing(connection: Connection, state: StateOf<'answering'>, input: StepInput): Next {
  switch (input.kind) {
    case 'bytes': {
      const decoded = decodeStatusRequest(connection.intake.unread)
      if (decoded.kind === 'incomplete' && !connection.hasEnded) {
        return connection.await(state.deadlineAt, STATUS_REQUEST_MAX_BYTES)
      }
      if (decoded.kind !== 'decoded' || decoded.value.kind !== 'ping') return connection.close('answered', input.at)
      connection.intake.drop(decoded.consumedBytes)
      return connection.respondThenClose(encodePing(decoded.value.payload), input.at)
    }
    case 'ended':
    case 'deadline':
      return connection.close('answered', input.at)
    default:
      return undefined
  }
}

function answer(connection: Connection, aboutIt: About, at: number): Next {
  const { opening, surroundings } = connection
  switch (opening?.kind) {
    case 'handshake':
      if (opening.intent !== 'status') {
        return connection.respondThenClose(encodeLoginDisconnect(surroundings.messages.kick(aboutIt)), at)
      }
      // The client's own number: with another one it would show "outdated" instead of the text.
      return sendStatus(connection, jsonOf(surroundings.messages.status(aboutIt), opening.protocolVersion), at)
    case 'legacy-login':
      return connection.respondThenClose(encodeLegacyKick(surroundings.messages.kick(aboutIt)), at)
    case 'legacy-ping': {
      const { description, versionName, players } = surroundings.messages.status(aboutIt)
      const status = { text: description, versionName, online: players?.online ?? 0, max: players?.max ?? 0 }
      return connection.respondThenClose(encodeLegacyStatus(opening, status), at)
    }
    case undefined:
      return connection.close('bad_handshake', at)
  }
}

function sendStatus(connection: Connection, json: string, at: number): Next {
  const response = encodeStatusResponse(json)
  if (connection.pingPayload !== undefined) {
    return connection.respondThenClose(concat(response, encodePing(connection.pingPayload)), at)
  }
  // Of a client that has ended, only what it sent before can still be shown.
  const isBrief = connection.isRefused || connection.hasEnded
  const pingMs = isBrief ? REFUSAL_READ_MS : connection.surroundings.settings.timeouts.statusMs
  const deadlineAt = at + pingMs
  connection.enter({ name: 'answering', deadlineAt }, at)
  return connection.respondThenAwait(response, deadlineAt, STATUS_REQUEST_MAX_BYTES)
}

function jsonOf({ versionName, description, players, favicon }: StatusText, protocol: number): string {
  return statusJson({
    version: { name: versionName, protocol },
    description,
    ...(players !== undefined && { players }),
    ...(favicon !== undefined && { favicon }),
  })
}

function legacyStatus(ping: LegacyPing, { description, version, players }: Status): Uint8Array {
  return encodeLegacyStatus(ping, {
    text: description,
    versionName: version.name,
    protocolVersion: version.protocol,
    online: players?.online ?? 0,
    max: players?.max ?? 0,
  })
}

function about(connection: Connection, cause: About['cause'], refusal?: Refusal): About {
  return {
    cause,
    client: connection.client,
    domain: connection.intent?.domain,
    server: serverOfTexts(connection),
    detail: refusal?.detail,
    expiresAt: refusal?.expiresAt,
  }
}
