import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const file = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.pem`, import.meta.url))

/** The certificate that a panel has signed itself. */
export const CERTIFICATE_FILE: string = file('cert')

/** How a panel is reached. */
export interface PanelAccess {
  readonly apiUrl: string
  readonly apiKey: string
  readonly caFile: string | undefined
  readonly insecure: boolean
  readonly folder: string
}

/** What a panel does instead of answering as a panel. */
export type Oddity =
  | { readonly kind: 'silent' }
  /** An answer without end. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly location?: string }

/** One request, as a panel got it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly authorization: string
}

/** What both fakes have in common: HTTP, with or without TLS, and what is nobody's API. */
export abstract class FakePanel {
  readonly key: string
  readonly requests: SeenRequest[] = []
  /** For whatever is asked, while it is there. */
  oddity: Oddity | undefined
  readonly #isTls: boolean
  readonly #server: Server

  constructor(key: string, isTls: boolean) {
    this.key = key
    this.#isTls = isTls
    const handle = (request: IncomingMessage, response: ServerResponse) => void this.#handle(request, response)
    this.#server = isTls
      ? createTlsServer({ cert: readFileSync(file('cert')), key: readFileSync(file('key')) }, handle)
      : createServer(handle)
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How an operator would write it. */
  options(changed: Partial<PanelAccess> = {}): PanelAccess {
    const apiUrl = `${this.#isTls ? 'https' : 'http'}://localhost:${this.port}`
    return { apiUrl, apiKey: this.key, caFile: undefined, insecure: false, folder: '/', ...changed }
  }

  orders(): readonly string[] {
    return this.requests.filter(({ method }) => method === 'POST').map(({ path, body }) => `${path} ${body}`)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  /** Answers as the real one does. */
  protected abstract answer(request: SeenRequest): { readonly status: number; readonly json?: object }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const seen = { method, path: url, body: await text(request), authorization: headers.authorization ?? '' }
    this.requests.push(seen)
    const { oddity } = this
    switch (oddity?.kind) {
      case 'silent':
        return
      case 'endless':
        return endless(response)
      case 'answer':
        if (oddity.location !== undefined) response.setHeader('location', oddity.location)
        return void response.writeHead(oddity.status).end(oddity.body)
      case undefined: {
        const { status, json } = this.answer(seen)
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(json === undefined ? undefined : JSON.stringify(json))
      }
    }
  }
}

function endless(response: ServerResponse): void {
  const piece = Buffer.alloc(16_384, 'x')
  const more = (): void => {
    if (!response.destroyed) response.write(piece, more)
  }
  more()
}
