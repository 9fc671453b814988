import type { Verb } from '../control/verb.ts'
import type { LiveProxy } from './live-proxy.ts'

/** Reads `infrarust.toml` and the server files again, now; items of one line each. */
export function reloadVerb(proxy: LiveProxy): Verb {
  return {
    name: 'reload',
    async *run() {
      const { changes, problems, need_restart, earlier } = await proxy.reload()
      for (const text of changes) yield { kind: 'change', text }
      for (const text of problems) yield { kind: 'problem', text }
      for (const text of providerProblems(proxy)) yield { kind: 'problem', text }
      for (const text of need_restart) yield { kind: 'need_restart', text }
      for (const text of earlier?.changes ?? []) yield { kind: 'earlier', at: earlier?.at, text }
    },
  }
}

/** Sources that cannot be read, definitions that are rejected, and conflicts, which both sides tell. */
function providerProblems({ registry }: LiveProxy): ReadonlySet<string> {
  return new Set(
    registry
      .status()
      .flatMap(({ state, lastError, problems, conflicts }) => [
        ...(state === 'failing' && lastError !== undefined ? [lastError.message] : []),
        ...problems,
        ...conflicts,
      ]),
  )
}
