import type { Route } from './routing-table.ts'

/** Where names lead: the routing table of the moment. */
export interface Routes {
  /** @param domain cleaned up; undefined where the client named none */
  route(domain: string | undefined): Route | Welcome
  /** Resolves with the next routing table; asked for after `not-ready`. */
  nextTable(): PromiseLike<unknown>
}

/** The built-in server of a first run, which shows newcomers their own address and tells them what to do next. */
export interface Welcome {
  readonly kind: 'welcome'
}
