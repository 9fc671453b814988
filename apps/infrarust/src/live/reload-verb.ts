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
      for (const text of need_restart) yield { kind: 'need_restart', text }
      for (const text of earlier?.changes ?? []) yield { kind: 'earlier', at: earlier?.at, text }
    },
  }
}
