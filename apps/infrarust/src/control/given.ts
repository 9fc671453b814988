/** Answers one request; what goes wrong is an answer as well. */
export type Api = (request: Request, given: Given) => Response | Promise<Response>

/** What a request has beside its method and its headers. */
export interface Given {
  /** As it came, with what is encoded in it: `%2F` in a network is no separator, and `..` is a name like any other. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly body: AsyncIterable<Uint8Array>
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal
  /** The address of the other end; undefined on a Unix socket. */
  readonly client?: string | undefined
  /** Whether who asks may look and change nothing. */
  readonly isReadOnly?: boolean
}

/** A page about the routes. */
export interface RoutesPage {
  readonly html: string
  readonly css: string
}
