import {
  addressWithMarkers,
  decodeLoginStart,
  encodeBungeeCordAddress,
  encodeHandshake,
  encodeLoginStart,
  FORWARDED_ADDRESS_MAX_UNITS,
  type Handshake,
  MinecraftError,
  type Profile,
  withBungeeGuardToken,
} from '@infrarust/minecraft'
import type { BackendLogin, Forwarding } from '../../forwarding/forwarding.ts'
import type { PlayerFacts } from '../../policy/facts.ts'
import type { Server } from '../../server/server.ts'
import type { DialledLogin, Joining } from '../facts.ts'
import { concat } from '../intake.ts'
import type { Turn } from '../turn.ts'
import { encodeSentHeader } from './sent-header.ts'

/**
 * What a backend is sent first where the proxy logs in for the player: PROXY header, handshake and Login Start, all of it in
 * one piece, so that it leaves in one segment.
 *
 * @returns undefined where the player fits no handshake; the log has said so
 */
export function loginHead(turn: Turn, facts: Joining, server: Server, login: BackendLogin): Uint8Array | undefined {
  const { opening } = facts
  if (opening.kind !== 'handshake') return undefined
  const header = encodeSentHeader(turn.context, facts, server)
  try {
    return concat(header, handshakeFor(turn, facts, opening, server, login), loginStartFor(turn, facts, opening, login))
  } catch (error) {
    return cannotAnnounce(turn, server, error)
  }
}

const AGAIN_MS = 60_000

/**
 * A profile whose properties are longer than what they have to go into: session servers may say what they like. Or a client
 * that has no address, at a Unix socket.
 *
 * @throws what is no fault of what was to be encoded
 */
export function cannotAnnounce({ context }: Turn, server: Server, error: unknown): undefined {
  if (!(error instanceof MinecraftError)) throw error
  const message = `server "${server.id}": a player cannot be announced to it: ${error.message}`
  context.noticeSeldom(`head ${server.id}`, AGAIN_MS, { level: 'warn', message })
}

/** Who the backend is told that the player is. */
export function profileOf({ context }: Turn, { name, verified }: PlayerFacts): Profile {
  return verified === undefined
    ? { name, uuid: context.logins?.offlineUuid(name) ?? NO_UUID, properties: [] }
    : { name, uuid: verified.uuid, properties: verified.properties }
}

const NO_UUID = '00000000-0000-0000-0000-000000000000'

function handshakeFor(
  turn: Turn,
  facts: Joining,
  { host, markers, port, protocolVersion, intent: claimed }: Handshake,
  server: Server,
  { forwarding, transferIntent }: BackendLogin,
): Uint8Array {
  // What filtering services append to it was for us.
  const backendHost = server.domainRewrite ?? facts.intent.domain ?? host
  const profile = profileOf(turn, facts.player)
  const intent = claimed === 'transfer' && transferIntent === 'login' ? 'login' : claimed
  const address = addressFor(forwarding, backendHost, markers, facts, profile)
  return encodeHandshake({ protocolVersion, address, port, intent }, FORWARDED_ADDRESS_MAX_UNITS)
}

function addressFor(
  forwarding: Forwarding,
  host: string,
  markers: Handshake['markers'],
  { client }: Pick<DialledLogin, 'client'>,
  profile: Profile,
): string {
  const clientAddress = client.address
  switch (forwarding.kind) {
    case 'none':
    case 'velocity':
      return addressWithMarkers(host, markers)
    case 'bungeecord':
      return encodeBungeeCordAddress(host, { clientAddress, profile }, markers)
    case 'bungeeguard': {
      const properties = withBungeeGuardToken(profile.properties, forwarding.token)
      return encodeBungeeCordAddress(host, { clientAddress, profile: { ...profile, properties } }, markers)
    }
  }
}

/** The key of a client of 1.19 to 1.19.2 is Mojang's word for its account: it goes along where the backend hears of that account. */
function loginStartFor(
  turn: Turn,
  { player }: Joining,
  { frame, protocolVersion }: Handshake,
  { forwarding }: BackendLogin,
): Uint8Array {
  const isAnnounced = player.verified !== undefined && forwarding.kind !== 'none'
  const uuid = isAnnounced ? player.verified.uuid : (turn.context.logins?.offlineUuid(player.name) ?? NO_UUID)
  const sent = isAnnounced ? decodeLoginStart(turn.bytes.kept.subarray(frame.length), protocolVersion) : undefined
  const key = sent?.kind === 'decoded' ? sent.value.profileKey : undefined
  return encodeLoginStart(player.name, protocolVersion, uuid, key)
}
