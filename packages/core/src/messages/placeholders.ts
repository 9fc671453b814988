import { stripSectionCodes } from '@infrarust/minecraft'
import type { PowerSight } from '../policy/facts.ts'
import { withoutControlCharacters } from '../text/control-characters.ts'

/** What may stand in a text, between braces, in the place of something that is known only when it is shown. */
export const PLACEHOLDERS = [
  'domain',
  'server',
  'reason',
  'expires',
  'client',
  'elapsed',
  'eta',
  'waiting',
  'position',
] as const

export type Placeholder = (typeof PLACEHOLDERS)[number]

export type PlaceholderValues = Readonly<Record<Placeholder, string>>

/** What the placeholders stand for, as far as it is known. */
export interface PlaceholderFacts {
  readonly domain: string | undefined
  readonly server: { readonly name: string } | undefined
  readonly detail: string | undefined
  readonly expiresAt: number | undefined
  readonly client: { readonly address: string }
  /** Of a server that is being started. */
  readonly sight?: PowerSight | undefined
}

/**
 * What is longer is cut. With it and the bounds of the texts no answer can pass the 32,767 characters that a client
 * reads, whatever a player typed or a ban says.
 */
export const PLACEHOLDER_MAX_UNITS = 255

/** The value of each placeholder. What a peer sent, or a ban says, can change nothing but the words. */
export function placeholderValues(facts: PlaceholderFacts): PlaceholderValues {
  const { domain, server, detail, expiresAt, client, sight } = facts
  return {
    domain: plain(domain ?? 'this address'),
    server: plain(server?.name ?? 'this server'),
    reason: plain(detail ?? 'no reason given'),
    expires: expiresAt === undefined ? 'never' : utcText(expiresAt),
    client: client.address,
    elapsed: sight === undefined ? 'a moment' : secondsText(sight.elapsedMs),
    eta: sight?.etaMs === undefined ? 'a moment' : secondsText(sight.etaMs),
    waiting: String(sight?.waiting ?? 0),
    position: String(sight?.position ?? 1),
  }
}

/** `40s`, `2m 5s`: nobody counts seconds of hours. */
function secondsText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)}h ${minutes % 60}m`
  return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`
}

/** `2026-11-23 19:00 UTC`. @param epochMs a number from a ban store: one that is no date says so instead of throwing */
export function utcText(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A text that was written by somebody else, without `§` codes, control characters and half characters. */
export function plain(text: string): string {
  const cut = text.slice(0, PLACEHOLDER_MAX_UNITS)
  return withoutControlCharacters(stripSectionCodes(cut)).toWellFormed()
}
