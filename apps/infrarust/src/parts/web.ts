import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { endpointText } from '@infrarust/core'
import type { Logger } from 'pino'
import { dataPaths } from '../data-paths.ts'
import { addressShortener } from '../log/shown-address.ts'
import type { Config } from '../program-keys.ts'
import { bindProblem } from '../proxy/listen-problem.ts'
import type { OpenWeb, WebSources } from '../web/open-web.ts'
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
    await this.#open?.close()
    this.#open = undefined
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
      await this.#open?.close()
      this.#open = undefined
      return undefined
    }
    const { OpenWeb, isLoopback, rulesOf } = await import('../web/open-web.ts')
    const rules = rulesOf(web, dataPaths(this.#config, this.#configFile).webKey)
    if (rules.kind === 'refused') {
      await this.#open?.close()
      this.#open = undefined
      return `[web] is not served: ${rules.why}. The proxy itself runs`
    }
    if (rules.missingPage !== undefined) this.#logger.warn(`[web] has no page: ${rules.missingPage}`)
    try {
      const tls = this.#tlsOf(web)
      if (this.#open?.bind === web.bind.text && this.#open.hasTls === (tls !== undefined)) {
        this.#open.use(rules.rules, tls)
        return undefined
      }
      // Where only TLS is new it is the same address.
      if (this.#open?.bind === web.bind.text) await this.#open.close()
      const before = this.#open
      this.#open = await OpenWeb.open({
        bind: web.bind,
        tls,
        rules: rules.rules,
        sources: this.#sources,
        logger: this.#logger,
        shownAddress: () => addressShortener(this.#config.log) ?? ((address) => address),
      })
      await before?.close()
      const { url } = this.#open
      this.#logger.info(
        { event: 'web', url },
        `${web.isPageEnabled ? 'dashboard and API' : 'API'} on ${url}; infrarust web login opens it`,
      )
      if (tls === undefined && !isLoopback(web.bind.host))
        this.#logger.warn(
          `[web] is served to other machines without TLS: whoever is on the way reads the key; name tls_cert and tls_key, or bind it to 127.0.0.1 behind a proxy that has them`,
        )
      return undefined
    } catch (error) {
      const where = endpointText({ host: web.bind.host, port: web.bind.port })
      return `[web] is not served on ${where}: ${bindProblem(error, web.bind, 'bind of [web]')}`
    }
  }

  #tlsOf({ tlsCert, tlsKey }: WebConfig): { readonly cert: Buffer; readonly key: Buffer } | undefined {
    if (tlsCert === undefined || tlsKey === undefined) return undefined
    const read = (path: string): Buffer => readFileSync(resolve(dirname(this.#configFile), path))
    return { cert: read(tlsCert), key: read(tlsKey) }
  }
}
