import { PowerError, type PowerErrorCode } from '@infrarust/core/server-power'
import { EngineError, type LastEnd } from '@infrarust/docker-engine'

/** What went wrong with an engine, for who wanted something of a container. */
export function powerErrorOf(cause: unknown, endpoint: string): PowerError {
  if (cause instanceof PowerError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof EngineError ? codeOf(cause) : 'failed'
  return new PowerError(code, `the Docker Engine at ${endpoint}: ${message}`, { cause })
}

function codeOf({ code, status }: EngineError): PowerErrorCode {
  switch (code) {
    case 'unreachable':
    case 'late':
    case 'ended':
      return 'unreachable'
    case 'refused':
      return status === undefined ? 'failed' : (BY_STATUS[status] ?? 'failed')
  }
}

const BY_STATUS: Readonly<Record<number, PowerErrorCode>> = {
  // Engines refuse nobody who reaches them; a socket proxy does.
  401: 'denied',
  403: 'denied',
  405: 'denied',
  404: 'not-found',
  409: 'busy',
}

/**
 * What a container that was told to stop ends with: by itself, by SIGINT, SIGKILL and SIGTERM. A program that ran out of
 * memory is killed, too, and the engine says so apart.
 */
const ORDERLY_ENDS: ReadonlySet<number> = new Set([0, 130, 137, 143])

/** Why a container has ended, where it was not to. */
export function crashOf({ exitCode, isOutOfMemory, error }: LastEnd): string | undefined {
  if (isOutOfMemory) return 'it ran out of memory and was killed'
  if (error !== undefined) return error
  return ORDERLY_ENDS.has(exitCode) ? undefined : `it ended with status ${exitCode}`
}
