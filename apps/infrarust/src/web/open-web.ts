import { endpointText } from '@infrarust/core'
import type { BindAddress } from '@infrarust/core/provider'
import { PAGE_FOLDER } from '@infrarust/dashboard'
import type { Logger } from 'pino'
import { refusedHosts } from '../admin/allowed-host.ts'
import { BASE } from '../control/base.ts'
import type { Api, RoutesPage } from '../control/given.ts'
import type { ShownAddress } from '../log/shown-address.ts'
import { AccessKeys } from './access.ts'
import { type GuardRules, guarded } from './guard.ts'
import { isLoopback, keysInForce, whyNotServed } from './keys-in-force.ts'
import { PageFiles } from './page-files.ts'
import { Tickets } from './tickets.ts'
import { findTls, type TlsFiles } from './tls-files.ts'
import type { WebConfig } from './web-keys.ts'
import { WebServer } from './web-server.ts'

export { findTls, isLoopback }

/** What a configuration makes of `[web]`, or why it makes nothing. */
export type WebRules =
  | { readonly kind: 'rules'; readonly rules: OpenRules; readonly missingPage: string | undefined }
  | { readonly kind: 'refused'; readonly why: string }

/** Those of one configuration. */
export interface OpenRules extends GuardRules {
  readonly apiKey: string
}

/** @param keyFile where a key that nobody has written is kept */
export function rulesOf(web: WebConfig, keyFile: string): WebRules {
  const found = keysInForce(web, keyFile)
  if (found.kind === 'refused') return found
  const { apiKey, readKey } = found
  const page = web.isPageEnabled ? findPage() : undefined
  return {
    kind: 'rules',
    missingPage: typeof page === 'string' ? page : undefined,
    rules: {
      apiKey,
      keys: new AccessKeys(apiKey, readKey),
      corsOrigins: web.corsOrigins,
      allowedHosts: web.allowedHosts,
      requestsPerMinute: web.rateLimit.requestsPerMinute,
      isApiEnabled: web.isApiEnabled,
      page: typeof page === 'string' ? undefined : page,
    },
  }
}

/** The files of the dashboard, or why there are none. */
function findPage(): PageFiles | string {
  try {
    return new PageFiles(PAGE_FOLDER)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What is served; loaded when it is to be. */
export interface WebSources {
  readonly loadApi: () => Promise<Api>
  /** What is answered without a key, such as `GET /health`. */
  readonly loadPublicRoutes: () => Promise<ReadonlySet<string>>
  readonly loadRoutesPage: () => Promise<RoutesPage>
}

export interface OpenWebOptions {
  readonly bind: BindAddress
  readonly tls: TlsFiles | undefined
  readonly rules: OpenRules
  readonly sources: WebSources
  readonly logger: Logger
  /** How much of an address the log has. */
  readonly shownAddress: () => ShownAddress
}

/** `[web]` as it is served. */
export class OpenWeb {
  readonly bind: BindAddress
  readonly hasTls: boolean
  /** Where a browser on this machine, or on one that reaches it, finds it. */
  readonly url: string
  readonly #server: WebServer
  readonly #tickets = new Tickets()
  readonly #rules: { current: OpenRules }

  private constructor({ bind, tls }: OpenWebOptions, server: WebServer, rules: { current: OpenRules }) {
    this.bind = bind
    this.hasTls = tls !== undefined
    this.#server = server
    this.#rules = rules
    const host = bind.host === '0.0.0.0' || bind.host === '::' ? 'localhost' : bind.host
    this.url = `${tls === undefined ? 'http' : 'https'}://${endpointText({ host, port: server.port })}/`
  }

  /** @throws what keeps the address from being bound */
  static async open(options: OpenWebOptions): Promise<OpenWeb> {
    const { bind, tls, sources, logger, shownAddress } = options
    const rules = { current: options.rules }
    const [inner, open] = await Promise.all([sources.loadApi(), sources.loadPublicRoutes()])
    const api = guarded({
      api: inner,
      rules: () => rules.current,
      loadRoutesPage: sources.loadRoutesPage,
      isPublic: (method, path) => open.has(`${method === 'HEAD' ? 'GET' : method} ${path.slice(BASE.length)}`),
      onDenied: (client, what) =>
        logger.warn(
          { event: 'web_denied', client: shownAddress()(client) },
          `[web] was asked with ${what} that is none`,
        ),
      onRefusedHost: refusedHosts('[web]', 'yours', logger),
    })
    const server = await WebServer.listen({
      host: bind.host,
      port: bind.port,
      tls,
      api,
      requestsPerMinute: () => rules.current.requestsPerMinute,
    })
    return new OpenWeb(options, server, rules)
  }

  /** Whether it may go on at its address with what is written now, where the one that is written cannot be had. */
  mayStay(web: WebConfig, hasTls: boolean): boolean {
    return this.hasTls === hasTls && whyNotServed({ ...web, bind: this.bind }) === undefined
  }

  /** @param tls undefined: as before */
  use(rules: OpenRules, tls: TlsFiles | undefined): void {
    this.#rules.current = rules
    if (tls !== undefined) this.#server.useTls(tls)
  }

  /** What stands behind the `#` goes to no server and into no log. Undefined where there is no page for it. */
  link(): string | undefined {
    if (this.#rules.current.page === undefined) return undefined
    return `${this.url}#ticket=${this.#tickets.make()}`
  }

  keyFor(ticket: string): string | undefined {
    return this.#tickets.take(ticket) ? this.#rules.current.apiKey : undefined
  }

  async close(): Promise<void> {
    await this.#server.close()
  }
}
