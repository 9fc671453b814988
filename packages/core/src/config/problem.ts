/** What is wrong with a definition or a configuration, for the operator. */
export interface Problem {
  /** The key it is about: `['timeouts', 'connect']`; empty for the whole definition. */
  readonly path: readonly string[]
  /** What is wrong and what is accepted, in one line, without the place. */
  readonly message: string
}
