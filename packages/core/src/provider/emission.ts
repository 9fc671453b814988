import type { ServerDefinition } from '../server/definition.ts'
import type { Diagnostic, Emission } from './contract.ts'
import { boundedLine, thrownText } from './thrown.ts'

export type CheckedEmission =
  | {
      readonly kind: 'list'
      readonly servers: readonly ServerDefinition[]
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly kind: 'error'; readonly message: string }

/** Of one list; a source with ten thousand mistakes is to be mended, not read. */
const MAX_DIAGNOSTICS = 100

/**
 * Looks at what a provider really emitted. Strangers write providers, also in plain JavaScript: whatever has not the
 * shape of an emission, or throws when it is read, is an error of that provider, and its last list stays. Each field is
 * read once, here: one that is a getter cannot be another thing, or throw, when it is used.
 */
export function checkEmission(emission: Emission): CheckedEmission {
  try {
    return readEmission(emission)
  } catch (cause) {
    return malformed(`what throws when it is read (${thrownText(cause)})`)
  }
}

function readEmission(seen: unknown): CheckedEmission {
  if (!isRecord(seen)) return malformed('what is no object')
  if ('error' in seen) return { kind: 'error', message: errorText(seen.error) }
  const { servers, diagnostics = [] } = seen
  if (!Array.isArray(servers)) return malformed('no list of servers')
  const definitions: ServerDefinition[] = []
  for (const server of servers) {
    const definition = readDefinition(server)
    if (definition === undefined)
      return malformed(
        `a server (number ${definitions.length + 1}) without the texts "key" and "source" and the object "values"`,
      )
    definitions.push(definition)
  }
  if (!Array.isArray(diagnostics)) return malformed('diagnostics without level and message')
  const read = diagnostics.slice(0, MAX_DIAGNOSTICS).map(readDiagnostic)
  const known = read.filter((diagnostic) => diagnostic !== undefined)
  if (known.length < read.length) return malformed('diagnostics without level and message')
  const rest = diagnostics.length - read.length
  const more: readonly Diagnostic[] = rest > 0 ? [{ level: 'warn', message: `and ${rest} more diagnostics` }] : []
  return { kind: 'list', servers: definitions, diagnostics: [...known, ...more] }
}

function errorText(error: unknown): string {
  return typeof error === 'object' || typeof error === 'function' ? thrownText(error) : boundedLine(String(error))
}

function readDefinition(seen: unknown): ServerDefinition | undefined {
  if (!isRecord(seen)) return undefined
  const { key, source, folder, values, version, problems, locate, state, precedence, about, withheld } = seen
  const { keepsLastGood, mayBeForwarded } = seen
  if (typeof key !== 'string' || typeof source !== 'string' || !isRecord(values)) return undefined
  if (folder !== undefined && typeof folder !== 'string') return undefined
  if (version !== undefined && typeof version !== 'string' && typeof version !== 'number') return undefined
  const lines = problems === undefined ? undefined : textsOf(problems)
  if (problems !== undefined && lines === undefined) return undefined
  if (locate !== undefined && !isLocate(locate)) return undefined
  if (state !== undefined && state !== 'online' && state !== 'starting' && state !== 'offline') return undefined
  if (keepsLastGood !== undefined && typeof keepsLastGood !== 'boolean') return undefined
  if (mayBeForwarded !== undefined && typeof mayBeForwarded !== 'boolean') return undefined
  if (about !== undefined && typeof about !== 'string') return undefined
  const hidden = withheld === undefined ? undefined : pathsOf(withheld)
  if (withheld !== undefined && hidden === undefined) return undefined
  // NaN is lower than nothing and nothing is lower than it: no order.
  if (precedence !== undefined && (typeof precedence !== 'number' || Number.isNaN(precedence))) return undefined
  return {
    key,
    source,
    values,
    ...(folder !== undefined && { folder }),
    ...(version !== undefined && { version: String(version) }),
    ...(lines !== undefined && { problems: lines }),
    ...(locate !== undefined && { locate: (path) => locate.call(seen, path) }),
    ...(keepsLastGood !== undefined && { keepsLastGood }),
    ...(mayBeForwarded !== undefined && { mayBeForwarded }),
    ...(hidden !== undefined && { withheld: hidden }),
    ...(about !== undefined && { about: boundedLine(about) }),
    ...(state !== undefined && { state }),
    ...(precedence !== undefined && { precedence }),
  }
}

function textsOf(seen: unknown): readonly string[] | undefined {
  if (!Array.isArray(seen)) return undefined
  const texts = [...seen]
  return texts.every((text) => typeof text === 'string') ? texts.map(boundedLine) : undefined
}

function pathsOf(seen: unknown): readonly (readonly string[])[] | undefined {
  if (!Array.isArray(seen)) return undefined
  const paths = [...seen].map((path) => (Array.isArray(path) ? [...path] : undefined))
  return paths.every((path) => path?.every((part) => typeof part === 'string'))
    ? paths.filter((path) => path !== undefined)
    : undefined
}

function isLocate(seen: unknown): seen is NonNullable<ServerDefinition['locate']> {
  return typeof seen === 'function'
}

function readDiagnostic(seen: unknown): Diagnostic | undefined {
  if (!isRecord(seen)) return undefined
  const { level, message, about } = seen
  if (level !== 'info' && level !== 'warn' && level !== 'error') return undefined
  if (typeof message !== 'string' || (about !== undefined && typeof about !== 'string')) return undefined
  return { level, message: boundedLine(message), ...(about !== undefined && { about: boundedLine(about) }) }
}

function isRecord(seen: unknown): seen is Record<string, unknown> {
  return typeof seen === 'object' && seen !== null && !Array.isArray(seen)
}

function malformed(what: string): CheckedEmission {
  return { kind: 'error', message: `emitted ${what}; the last list stays` }
}
