import type { Writer } from '../config/key-table.ts'
import type { Problem } from '../config/problem.ts'
import { parseDomainPattern } from '../domains/domain.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { Server } from '../server/server.ts'
import type { ValidateServer } from '../server/validated-server.ts'
import type { Diagnostic } from './contract.ts'
import { thrownText } from './thrown.ts'

/** One definition of a provider's latest list, as the registry holds it. */
export interface HeldDefinition {
  readonly definition: ServerDefinition
  /** Tells a change of content from none. */
  readonly fingerprint: string
  /** From the last definition of this key that was good, in its present state; the same object while nothing changed. */
  readonly server: Server | undefined
  /** Why the latest definition was rejected, a line each; empty for a good one. */
  readonly problems: readonly string[]
  /** The names that a rejected definition shows, kept so that none falls through to a wildcard. */
  readonly reservedDomains: readonly string[]
}

/** Whose list it is. */
export interface ListSource {
  readonly name: string
  readonly writer: Writer
}

export interface ReadList {
  readonly held: ReadonlyMap<string, HeldDefinition>
  /** Whether the routing table may look different now; a source that is asked every second mostly says the same. */
  readonly hasChanged: boolean
  /** What to log: each rejection once, when it is new. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a provider's new list against the one before: what did not change is taken over unread, what is wrong keeps its
 * last good server.
 *
 * @param from the provider's name in the registry, and who decides what its definitions say
 */
export function readList(
  from: ListSource,
  definitions: readonly ServerDefinition[],
  previous: ReadonlyMap<string, HeldDefinition>,
  validate: ValidateServer,
): ReadList {
  const held = new Map<string, HeldDefinition>()
  const diagnostics: Diagnostic[] = []
  let hasChanged = false
  for (const definition of definitions) {
    const { key, about = definition.source } = definition
    if (held.has(key)) {
      diagnostics.push({
        level: 'error',
        about,
        message: `${definition.source}: the key "${key}" comes twice in one list; the first counts`,
      })
      continue
    }
    const before = previous.get(key)
    const fingerprint = fingerprintOf(definition)
    if (before !== undefined && fingerprint !== undefined && before.fingerprint === fingerprint) {
      const server = inState(before.server, definition)
      held.set(key, { ...before, definition, server })
      hasChanged ||= !ranksAlike(before.definition, definition)
      continue
    }
    const read = readDefinition(from, definition, fingerprint, before, validate)
    held.set(key, read.held)
    hasChanged = true
    diagnostics.push(...read.diagnostics.map((diagnostic) => ({ ...diagnostic, about })))
  }
  // A key that is gone has no successor among those that were read, so the number tells.
  return { held, hasChanged: hasChanged || held.size !== previous.size, diagnostics }
}

/** What is no content, and still shows in the routing table or decides a conflict. */
function ranksAlike(before: ServerDefinition, after: ServerDefinition): boolean {
  return before.source === after.source && before.precedence === after.precedence
}

function readDefinition(
  from: ListSource,
  definition: ServerDefinition,
  fingerprint: string | undefined,
  before: HeldDefinition | undefined,
  validate: ValidateServer,
): { readonly held: HeldDefinition; readonly diagnostics: readonly Diagnostic[] } {
  const judged = judge(from, definition, fingerprint, validate)
  if ('server' in judged) {
    const server: Server = {
      ...judged.server,
      provider: from.name,
      source: definition.source,
      state: definition.state ?? 'online',
    }
    const warnings = judged.warnings.map((message): Diagnostic => ({ level: 'warn', message }))
    // Whoever mends a mistake waits for the word that it is mended, also where the server is what it was before.
    const isMended = before !== undefined && before.problems.length > 0
    const mended: Diagnostic = { level: 'info', message: `${definition.source}: the mistake is mended` }
    return {
      held: { definition, fingerprint: fingerprint ?? '', server, problems: [], reservedDomains: [] },
      diagnostics: isMended ? [mended, ...warnings] : warnings,
    }
  }
  const last = definition.keepsLastGood === false ? undefined : before?.server
  const fate = last === undefined ? 'left out' : 'the last good version stays'
  return {
    held: {
      definition,
      fingerprint: fingerprint ?? '',
      server: inState(last, definition),
      problems: judged.problems,
      reservedDomains: shownDomains(definition),
    },
    diagnostics: judged.problems.map((problem) => ({ level: 'error', message: `${problem} (${fate})` })),
  }
}

type Judged =
  | { readonly server: Server; readonly warnings: readonly string[] }
  | { readonly problems: readonly string[] }

function judge(
  { name, writer }: ListSource,
  definition: ServerDefinition,
  fingerprint: string | undefined,
  validate: ValidateServer,
): Judged {
  if (fingerprint === undefined) return { problems: [`${definition.source}: its values are no plain data`] }
  if (definition.problems !== undefined && definition.problems.length > 0) return { problems: definition.problems }
  const inPlace = ({ path, message }: Problem) => `${definition.locate?.(path) ?? definition.source}: ${message}`
  try {
    const validated = validate(definition, name, writer)
    if ('problems' in validated) return { problems: validated.problems.map(inPlace) }
    return { server: validated.server, warnings: (validated.warnings ?? []).map(inPlace) }
  } catch (cause) {
    // `locate` and what `values` does when it is read are a stranger's code; the other servers must not pay for it.
    return { problems: [`${definition.source}: cannot be read: ${thrownText(cause)}`] }
  }
}

/** The state is no part of the content: a stopped container with a broken label is not dialled either. */
function inState(server: Server | undefined, definition: ServerDefinition): Server | undefined {
  if (server === undefined) return undefined
  const state = definition.state ?? 'online'
  return server.state === state && server.source === definition.source
    ? server
    : { ...server, state, source: definition.source }
}

/** Undefined where the values are no plain data (a cycle): such a definition can never be told from a changed one. */
function fingerprintOf({
  values,
  version,
  problems = [],
  state = 'online',
  keepsLastGood,
  mayBeForwarded,
}: ServerDefinition): string | undefined {
  try {
    return JSON.stringify([values, version, problems, state, keepsLastGood, mayBeForwarded], (_key, value: unknown) =>
      // Both would be lost or throw: TOML knows 64-bit integers, inf and nan.
      typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value,
    )
  } catch {
    return undefined
  }
}

function shownDomains({ values }: ServerDefinition): readonly string[] {
  try {
    const { domains } = values
    const texts: readonly unknown[] = Array.isArray(domains) ? domains : [domains]
    return texts.flatMap((text) => {
      const parsed = typeof text === 'string' ? parseDomainPattern(text) : undefined
      return parsed?.kind === 'pattern' ? [parsed.pattern] : []
    })
  } catch {
    // A getter of a stranger's object that throws shows nothing.
    return []
  }
}
