import type { Options } from './protocol.ts'

/** Something that a command can ask of the proxy. One that concerns the ban store alone also runs in the command itself. */
export interface Verb {
  readonly name: string
  /**
   * Answers with items, each as soon as it stands; they are sent as JSON. An error that it throws is the answer's end.
   * Who no longer listens ends it at the next item.
   */
  run(call: VerbCall): AsyncIterable<unknown>
}

export interface VerbCall {
  /** As the client wrote them: to be checked. */
  readonly options: Options
  /** Likewise. */
  readonly input: AsyncIterable<unknown>
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}
