import { endpointText } from '@infrarust/core'
import type { Logger } from 'pino'
import { dataPaths } from '../data-paths.ts'
import { addressShortener } from '../log/shown-address.ts'
import type { Config } from '../program-keys.ts'
import { bindProblem } from '../proxy/listen-problem.ts'
import type { OpenRules, OpenWeb, WebSources } from '../web/open-web.ts'
import type { TlsFiles } from '../web/tls-files.ts'
import type { WebConfig } from '../web/web-keys.ts'
import type { WebLinks } from '../web/web-links.ts'
import type { Part } from './part.ts'

export interface WebOptions {
  /** Absolute. */
  readonly configFile: string
  readonly config: Config
  readonly logger: Logger
}

/**
 * The API on the network and the dashboard, where `[web]` wants them. It follows the configuration while the proxy runs;
 * where it cannot be served the proxy runs on without it, and says so.
 */
export class Web implements Part, WebLinks {
  readonly #configFile: string
  readonly #logger: Logger
  #config: Config
  #open: OpenWeb | undefined
  /** Why it is not served as it is written. */
  #problem: string | undefined
  /** From `listen` on. */
  #sources: WebSources | undefined
  #isClosing = false
  /** One change after the other. */
  #changed: Promise<void> = Promise.resolve()

  constructor({ configFile, config, logger }: WebOptions) {
    this.#configFile = configFile
    this.#config = config
    this.#logger = logger
  }

  /** Asked from now on. */
  async listen(sources: WebSources): Promise<void> {
    this.#sources = sources
    await this.#change()
  }

  useConfig(config: Config): void {
    this.#config = config
    void this.#change()
  }

  async readNow(isConfigNew: boolean): Promise<readonly string[]> {
    // Certificates are renewed beside the configuration.
    await (isConfigNew ? this.#changed : this.#change())
    return []
  }

  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem]
  }

  async stopListening(): Promise<void> {
    this.#isClosing = true
    await this.#changed
    await this.#close()
  }

  link(): string | undefined {
    return this.#open?.link()
  }

  keyFor(ticket: string): string | undefined {
    return this.#open?.keyFor(ticket)
  }

  #change(): Promise<void> {
    this.#changed = this.#changed.then(async () => {
      const before = this.#problem
      const problem = await this.#use(this.#config.web)
      this.#problem = problem
      // A reload looks again, and `problems` tells it: the log has it once.
      if (problem !== undefined && problem !== before) this.#logger.error({ event: 'web' }, problem)
    })
    return this.#changed
  }

  /** @returns why it is not served as it is written */
  async #use(web: WebConfig | undefined): Promise<string | undefined> {
    if (this.#isClosing || this.#sources === undefined) return undefined
    if (web === undefined || !web.isApiEnabled) {
      await this.#close()
      return undefined
    }
    const { findTls, rulesOf } = await import('../web/open-web.ts')
    const made = rulesOf(web, dataPaths(this.#config, this.#configFile).webKey)
    if (made.kind === 'refused') return await this.#refuse(made.why)
    if (made.missingPage !== undefined) this.#logger.warn(`[web] has no page: ${made.missingPage}`)
    const found = findTls(web, this.#configFile)
    const open = this.#open
    const isSameAddress = open?.bind.text === web.bind.text
    if (found.kind === 'refused') {
      // A renewal that went wrong. Without a certificate of before nobody is to send a key in the clear.
      if (open?.hasTls !== true || !isSameAddress) return await this.#refuse(found.why)
      open.use(made.rules, undefined)
      return `[web] goes on with the certificate of before: ${found.why}`
    }
    const { tls } = found
    if (open !== undefined && isSameAddress && open.hasTls === (tls !== undefined)) {
      open.use(made.rules, tls)
      return undefined
    }
    // Where only TLS is new it is the same address.
    if (isSameAddress) await this.#close()
    return await this.#serve(web, made.rules, tls, this.#sources)
  }

  /** At an address that it is not served at. */
  async #serve(
    web: WebConfig,
    rules: OpenRules,
    tls: TlsFiles | undefined,
    sources: WebSources,
  ): Promise<string | undefined> {
    const { OpenWeb, isLoopback } = await import('../web/open-web.ts')
    const before = this.#open
    try {
      this.#open = await OpenWeb.open({
        bind: web.bind,
        tls,
        rules,
        sources,
        logger: this.#logger,
        shownAddress: () => addressShortener(this.#config.log) ?? ((address) => address),
      })
    } catch (error) {
      const where = endpointText({ host: web.bind.host, port: web.bind.port })
      const why = `[web] is not served on ${where}: ${bindProblem(error, web.bind, 'bind of [web]')}`
      if (before?.mayStay(web, tls !== undefined) === true) {
        before.use(rules, tls)
        return `${why}; it stays on ${before.url}`
      }
      await this.#close()
      return why
    }
    await before?.close()
    const { url } = this.#open
    this.#logger.info(
      { event: 'web', url },
      web.isPageEnabled ? `dashboard and API on ${url}; infrarust web login opens it` : `API on ${url}`,
    )
    if (tls === undefined && !isLoopback(web.bind.host))
      this.#logger.warn(
        `[web] is served to other machines without TLS: whoever is on the way reads the key; name tls_cert and tls_key, or bind it to 127.0.0.1 behind a proxy that has them`,
      )
    return undefined
  }

  async #refuse(why: string): Promise<string> {
    await this.#close()
    return `[web] is not served: ${why}. The proxy itself runs`
  }

  async #close(): Promise<void> {
    await this.#open?.close()
    this.#open = undefined
  }
}
