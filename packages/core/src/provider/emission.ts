import type { Diagnostic, Emission, ServerDefinition } from './contract.ts'

export type CheckedEmission =
  | {
      readonly kind: 'list'
      readonly servers: readonly ServerDefinition[]
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly kind: 'error'; readonly message: string }

/**
 * Looks at what a provider really emitted. Strangers write providers, also in plain JavaScript: whatever has not the
 * shape of an emission is an error of that provider, and its last list stays.
 */
export function checkEmission(emission: Emission): CheckedEmission {
  const seen: unknown = emission
  if (!isRecord(seen)) return malformed('what is no object')
  if ('error' in seen) return { kind: 'error', message: onOneLine(String(seen.error)) }
  const { servers, diagnostics = [] } = seen
  if (!Array.isArray(servers)) return malformed('no list of servers')
  const wrongAt = servers.findIndex((server) => !isDefinition(server))
  if (wrongAt >= 0)
    return malformed(`a server (number ${wrongAt + 1}) without the texts "key" and "source" and the object "values"`)
  if (!Array.isArray(diagnostics) || !diagnostics.every(isDiagnostic))
    return malformed('diagnostics without level and message')
  const definitions: readonly ServerDefinition[] = servers
  return { kind: 'list', servers: definitions, diagnostics }
}

function isDefinition(seen: unknown): seen is ServerDefinition {
  if (!isRecord(seen)) return false
  const { key, source, values, problems, locate, state, precedence } = seen
  return (
    typeof key === 'string' &&
    typeof source === 'string' &&
    isRecord(values) &&
    (problems === undefined || (Array.isArray(problems) && problems.every((problem) => typeof problem === 'string'))) &&
    (locate === undefined || typeof locate === 'function') &&
    (state === undefined || state === 'online' || state === 'starting' || state === 'offline') &&
    // NaN is lower than nothing and nothing is lower than it: no order.
    (precedence === undefined || (typeof precedence === 'number' && !Number.isNaN(precedence)))
  )
}

function isDiagnostic(seen: unknown): seen is Diagnostic {
  return isRecord(seen) && ['info', 'warn', 'error'].includes(String(seen.level)) && typeof seen.message === 'string'
}

function isRecord(seen: unknown): seen is Record<string, unknown> {
  return typeof seen === 'object' && seen !== null && !Array.isArray(seen)
}

/** A line of the log is one message, and a stranger's errors have several lines. */
export function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]\s*/g, ' ')
}

function malformed(what: string): CheckedEmission {
  return { kind: 'error', message: `emitted ${what}; the last list stays` }
}
