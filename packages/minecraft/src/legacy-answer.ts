import type { LegacyPing } from './legacy-ping.ts'
import type { TextComponent } from './text/component.ts'
import { toPlainText } from './text/runs.ts'
import { stripSectionCodes, toSectionText } from './text/section.ts'

/** What a server list entry of a client before 1.7 shows. */
export interface LegacyStatus {
  readonly text: TextComponent
  readonly versionName: string
  /** Left out: what the client said it speaks (1.6), else 127, which no legacy client speaks. */
  readonly protocolVersion?: number
  readonly online: number
  readonly max: number
}

/** Later servers answer with it, so that a legacy client shows their version's name as incompatible. */
const INCOMPATIBLE_PROTOCOL_VERSION = 127
const KICK_ID = 0xff
/** Clients before 1.2 read no more than 100 and show an error for a longer one. */
const KICK_MAX_UNITS = 256

/**
 * Encodes the answer to a legacy ping, which is a kick whose text is the status. A text that is too long is cut, and
 * what would look like a separator is taken out, so that the numbers stay where the client looks for them.
 */
export function encodeLegacyStatus(ping: LegacyPing, status: LegacyStatus): Uint8Array {
  const online = count(status.online)
  const max = count(status.max)
  if (ping.form === 'fe') {
    // § separates the fields here, so this form can show no colours.
    const after = `§${online}§${max}`
    const text = oneLine(stripSectionCodes(toPlainText(status.text)))
    return encodeKick(cut(text, KICK_MAX_UNITS - after.length) + after)
  }
  const spoken = ping.form === '1.6' ? ping.protocolVersion : INCOMPATIBLE_PROTOCOL_VERSION
  const before = `§1\0${status.protocolVersion ?? spoken}\0${cut(oneLine(status.versionName), 64)}\0`
  const after = `\0${online}\0${max}`
  const text = oneLine(toSectionText(status.text))
  return encodeKick(before + cut(text, KICK_MAX_UNITS - before.length - after.length) + after)
}

/** Encodes the packet that refuses a legacy login and shows a text; one that is too long is cut. */
export function encodeLegacyKick(reason: TextComponent): Uint8Array {
  return encodeKick(cut(toSectionText(reason).replaceAll('\0', ''), KICK_MAX_UNITS))
}

function encodeKick(text: string): Uint8Array {
  const bytes = new Uint8Array(3 + 2 * text.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, KICK_ID)
  view.setUint16(1, text.length)
  // A backend's JSON may hold half a character.
  const units = text.toWellFormed()
  for (let index = 0; index < units.length; index++) view.setUint16(3 + 2 * index, units.charCodeAt(index))
  return bytes
}

/** Digits of a Java `int`: 1e21 and fractions, which a backend's JSON may hold, are none. */
function count(players: number): number {
  return Math.min(Math.max(0, Math.trunc(players) || 0), 2 ** 31 - 1)
}

/** These entries have one line, and NUL separates their fields. */
function oneLine(text: string): string {
  return text.replaceAll('\0', '').replace(/\s*\n\s*/g, ' ')
}

/** Never between the two halves of a character, nor between § and its code. */
function cut(text: string, maxUnits: number): string {
  return text.length <= maxUnits ? text : text.slice(0, maxUnits).replace(/(?:[\uD800-\uDBFF]|§)$/, '')
}
