import { isPlayerName } from '../text/player-name.ts'
import { canonicalUuid } from '../text/uuid.ts'
import { type ListedPlayer, readPlayer } from './listed-player.ts'

/** What a file of players says. */
export interface PlayerListReading {
  /** From the lines, or the entries, that could be read. */
  readonly players: readonly ListedPlayer[]
  readonly faults: PlayerListFaults
  /** Whether it says that nobody is on it: `[]`, as a server writes it. A file without a line may be half a download. */
  readonly isEmptyOnPurpose: boolean
}

/** What could not be read: how much, and the first of it. */
export interface PlayerListFaults {
  readonly count: number
  readonly first: readonly PlayerListFault[]
}

export interface PlayerListFault {
  /** Counted from 1. */
  readonly line: number
  /** What is wrong with it. Never quotes it: the file may be another one than was meant, and hold a secret. */
  readonly hint: string
}

/** Enough to find them. */
const SHOWN_FAULTS = 5

/**
 * Reads a list of players: the `whitelist.json` of a server (`ops.json` and `banned-players.json` have the same entries), or
 * one name or UUID a line, with comments behind `#`, `;` or `//`.
 */
export function readPlayerList(text: string): PlayerListReading {
  return /^\s*[[{]/.test(text) ? readJson(text) : readLines(text)
}

class Found {
  readonly players: ListedPlayer[] = []
  readonly first: PlayerListFault[] = []
  #faults = 0

  fault(line: number, hint: string): void {
    this.#faults++
    if (this.first.length < SHOWN_FAULTS) this.first.push({ line, hint })
  }

  reading(isEmptyOnPurpose = false): PlayerListReading {
    return { players: this.players, faults: { count: this.#faults, first: this.first }, isEmptyOnPurpose }
  }
}

function readLines(text: string): PlayerListReading {
  const found = new Found()
  for (const [index, line] of text.split('\n').entries()) {
    const comment = line.search(/[#;]|\/\//)
    const written = (comment < 0 ? line : line.slice(0, comment)).trim()
    if (written === '') continue
    const read = readPlayer(written)
    if (read.kind === 'player') found.players.push(read.player)
    else found.fault(index + 1, read.hint)
  }
  return found.reading()
}

function readJson(text: string): PlayerListReading {
  const found = new Found()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    found.fault(lineOfSyntaxError(text, error), 'no JSON from here on; is it half written?')
    return found.reading()
  }
  if (!Array.isArray(value)) {
    found.fault(1, 'no list of players: a whitelist.json begins with [')
    return found.reading()
  }
  const entries: readonly unknown[] = value
  const faulty = new Map<number, string>()
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry)
    if (typeof read === 'string') faulty.set(index, read)
    else found.players.push(read)
  }
  if (faulty.size > 0) {
    const lines = linesOfEntries(text)
    for (const [index, hint] of faulty) found.fault(lines[index] ?? 1, hint)
  }
  return found.reading(entries.length === 0)
}

/** @returns what is wrong with it, where it is nobody */
function readEntry(entry: unknown): ListedPlayer | string {
  if (typeof entry !== 'object' || entry === null) return 'an entry without "uuid" and "name"'
  const { uuid: writtenUuid, name }: { uuid?: unknown; name?: unknown } = entry
  const hasUuid = writtenUuid !== undefined && writtenUuid !== ''
  const hasName = name !== undefined && name !== ''
  if (!hasUuid && !hasName) return 'an entry without "uuid" and "name"'
  const uuid = typeof writtenUuid === 'string' ? canonicalUuid(writtenUuid) : undefined
  if (hasUuid && uuid === undefined) return 'its "uuid" is none'
  if (hasName && !(typeof name === 'string' && isPlayerName(name))) return 'its "name" is no name of a player'
  if (typeof name !== 'string' || !hasName) return uuid === undefined ? 'its "uuid" is none' : { kind: 'uuid', uuid }
  return uuid === undefined ? { kind: 'name', name } : { kind: 'profile', name, uuid }
}

/** What Node says of it has the place where something else was expected; without one it is the end. */
function lineOfSyntaxError(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : ''
  const [, offset] = /at position (\d+)/.exec(message) ?? []
  return text
    .slice(0, offset === undefined ? text.length : Number(offset))
    .trimEnd()
    .split('\n').length
}

/** The line on which each entry of a list begins, which `JSON.parse` does not tell. The text is known to be JSON. */
function linesOfEntries(text: string): readonly number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let isExpected = false
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s[\]{},"]+/g)) {
    if (token === '\n') {
      line++
      continue
    }
    if (depth === 1 && isExpected && token !== ']') {
      lines.push(line)
      isExpected = false
    }
    if (token === '[' || token === '{') {
      depth++
      isExpected ||= depth === 1
    } else if (token === ']' || token === '}') depth--
    else if (token === ',' && depth === 1) isExpected = true
  }
  return lines
}
