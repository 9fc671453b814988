import type { JoinAnswer, JoinQuestion, SessionServer } from '@infrarust/core/authentication'

/** Told of each answer of the session server, and how long it took. */
export type AnswerWatcher = (result: JoinAnswer['kind'], seconds: number) => void

/** The same session server, whose answers somebody counts. A question that was withdrawn has none. */
export function metered(
  server: SessionServer,
  watcher: () => AnswerWatcher | undefined,
): Pick<SessionServer, 'hasJoined'> {
  return {
    async hasJoined(question: JoinQuestion, signal?: AbortSignal): Promise<JoinAnswer> {
      const startedAt = performance.now()
      const answer = await server.hasJoined(question, signal)
      if (signal?.aborted !== true) watcher()?.(answer.kind, (performance.now() - startedAt) / 1_000)
      return answer
    },
  }
}
