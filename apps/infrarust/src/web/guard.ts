import { canonicalAddress, clientKey, DEFAULT_CLIENT_PREFIXES } from '@infrarust/core'
import { isAllowedHost } from '../admin/allowed-host.ts'
import { BASE } from '../control/base.ts'
import type { Api, Given, RoutesPage } from '../control/given.ts'
import { refusal } from '../control/refusal.ts'
import { VerbError } from '../verbs/verb-error.ts'
import type { Access, AccessKeys } from './access.ts'
import { ClientCounts } from './client-counts.ts'
import { PAGE_HEADERS, type PageFiles } from './page-files.ts'

/** What is asked before anything is answered on the network. It may change while the proxy runs. */
export interface GuardRules {
  readonly keys: AccessKeys
  readonly corsOrigins: readonly string[]
  readonly allowedHosts: readonly string[]
  /** 0: no limit. */
  readonly requestsPerMinute: number
  readonly isApiEnabled: boolean
  /** Undefined: there is none. */
  readonly page: PageFiles | undefined
}

export interface GuardOptions {
  readonly api: Api
  readonly rules: () => GuardRules
  readonly loadRoutesPage: () => Promise<RoutesPage>
  /** Whether this is answered without a key. */
  readonly isPublic: (method: string, path: string) => boolean
  /** Told of each key or ticket that was none. */
  readonly onDenied: (client: string, what: string) => void
  readonly onRefusedHost: (host: string) => void
}

/** Wrong keys of one client in a minute; more of them are not looked at. */
const MAX_FAILURES = 20

/** Lets through to the API who has a key for it, and serves the page to everybody. */
export function guarded({ api, rules, loadRoutesPage, isPublic, onDenied, onRefusedHost }: GuardOptions): Api {
  const requests = new ClientCounts()
  const failures = new ClientCounts()

  return async (request, given) => {
    const { corsOrigins, allowedHosts, isApiEnabled, page } = rules()
    const host = request.headers.get('host') ?? ''
    if (!isAllowedHost(host, allowedHosts)) {
      onRefusedHost(host)
      return closing(
        new VerbError('forbidden', 'not under this name: list it in allowed_hosts of [web], or ask by address'),
      )
    }
    const origin = request.headers.get('origin')
    const isForeign = origin !== null && !isSameOrigin(origin, host)
    if (isForeign && !corsOrigins.includes(origin))
      return closing(new VerbError('forbidden', 'pages of this origin may not ask: list it in cors_origins of [web]'))
    const answer = await answered(request, given, { isApiEnabled, page })
    if (isForeign) for (const [name, value] of corsHeaders(origin)) answer.headers.set(name, value)
    return answer
  }

  async function answered(
    request: Request,
    given: Given,
    { isApiEnabled, page }: Pick<GuardRules, 'isApiEnabled' | 'page'>,
  ): Promise<Response> {
    const isForApi = given.path === BASE || given.path.startsWith(`${BASE}/`)
    if (isApiEnabled && ROUTES_PAGE.has(given.path)) return await fromRoutesPage(request, given.path)
    if (!isForApi || !isApiEnabled) return fromPage(request, given.path, isApiEnabled ? page : undefined)
    // What a browser asks before it lets another page ask; it never has a key.
    if (request.method === 'OPTIONS') return new Response(null, { status: 204 })
    const client = clientKey(addressOf(given), DEFAULT_CLIENT_PREFIXES)
    const limited = overLimit(client)
    if (limited !== undefined) return limited
    const access = accessOf(request, given, client)
    if (access instanceof Response) return access
    const answer = await api(request, { ...given, isReadOnly: access === 'read' })
    answer.headers.set('cache-control', 'no-store')
    answer.headers.set('x-content-type-options', 'nosniff')
    // A ticket that was none.
    if (answer.status === 401) denied(given, client, 'a ticket')
    for (const [name, value] of limitHeaders(client)) answer.headers.set(name, value)
    return answer
  }

  async function fromRoutesPage({ method }: Request, path: string): Promise<Response> {
    if (method !== 'GET' && method !== 'HEAD') return notForFiles(method)
    const { html, css } = await loadRoutesPage()
    const [type, text] = path.endsWith('.css') ? (['text/css', css] as const) : (['text/html', html] as const)
    const headers = { ...PAGE_HEADERS, 'content-type': `${type}; charset=utf-8` }
    return new Response(method === 'HEAD' ? null : text, { headers })
  }

  function overLimit(client: string): Response | undefined {
    const { requestsPerMinute } = rules()
    if (requestsPerMinute === 0) return undefined
    const { count, endsInMs } = requests.add(client)
    if (count <= requestsPerMinute) return undefined
    return tooOften(`more than ${requestsPerMinute} requests in a minute`, endsInMs, limitHeaders(client))
  }

  function limitHeaders(client: string): readonly (readonly [string, string])[] {
    const { requestsPerMinute } = rules()
    if (requestsPerMinute === 0) return []
    const { count, endsInMs } = requests.of(client)
    return [
      ['x-ratelimit-limit', String(requestsPerMinute)],
      ['x-ratelimit-remaining', String(Math.max(0, requestsPerMinute - count))],
      ['x-ratelimit-reset', String(Math.ceil(endsInMs / 1_000))],
    ]
  }

  /** What it may do with what it has as a key, or why it is not answered. */
  function accessOf(request: Request, given: Given, client: string): Access | Response {
    const { count, endsInMs } = failures.of(client)
    // A key that is right is not looked at either: it would tell whether the guess was good.
    if (count >= MAX_FAILURES && !isPublicLook(request, given.path)) return tooOften('too many wrong keys', endsInMs)
    if (isPublic(request.method, given.path)) return 'read'
    const [, key] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (key === undefined)
      return closing(new VerbError('unauthorized', 'send the key of [web] as Authorization: Bearer …'), CHALLENGE)
    const access = rules().keys.accessOf(key)
    if (access === undefined) {
      denied(given, client, 'a key')
      return closing(new VerbError('unauthorized', 'this is no key of this proxy'), CHALLENGE)
    }
    const isLook = request.method === 'GET' || request.method === 'HEAD'
    return isLook || access === 'write'
      ? access
      : closing(new VerbError('forbidden', 'read_key changes nothing; this needs api_key'))
  }

  function isPublicLook({ method }: Request, path: string): boolean {
    return method === 'GET' && isPublic(method, path)
  }

  function denied(given: Given, client: string, what: string): void {
    failures.add(client)
    onDenied(addressOf(given), what)
  }
}

/** A socket for both families has IPv4 addresses in the form of IPv6. */
function addressOf({ client = '' }: Given): string {
  return canonicalAddress(client) ?? client
}

/** Where the routes are described; the style is found from there. */
const ROUTES_PAGE: ReadonlySet<string> = new Set(['/api/docs', '/api/docs.css'])

const CHALLENGE = { 'www-authenticate': 'Bearer realm="infrarust"' }

function fromPage(request: Request, path: string, page: PageFiles | undefined): Response {
  if (page === undefined)
    return closing(new VerbError('not_found', `there is nothing on this path; the API is under ${BASE}`))
  if (request.method !== 'GET' && request.method !== 'HEAD') return notForFiles(request.method)
  return page.answer(request, path) ?? closing(new VerbError('not_found', 'there is no such file'))
}

function notForFiles(method: string): Response {
  return closing(new VerbError('method_not_allowed', `${method} is not for files`), { allow: 'GET, HEAD' })
}

/** Behind a proxy that ends TLS the scheme differs, the name does not. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase().replace(/^https?:\/\//, '') === host.toLowerCase()
}

function corsHeaders(origin: string): readonly (readonly [string, string])[] {
  return [
    ['access-control-allow-origin', origin],
    ['access-control-allow-methods', 'GET, POST, PUT, DELETE'],
    ['access-control-allow-headers', 'authorization, content-type'],
    ['access-control-expose-headers', 'x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after'],
    ['access-control-max-age', '600'],
    ['vary', 'origin'],
  ]
}

function tooOften(why: string, endsInMs: number, headers: Iterable<readonly [string, string]> = []): Response {
  const seconds = Math.ceil(endsInMs / 1_000)
  return closing(new VerbError('rate_limited', `${why}; again in ${seconds} s`), {
    'retry-after': String(seconds),
    ...Object.fromEntries(headers),
  })
}

/** Who is refused may come again, on another connection: what it still sends on this one is nobody's. */
function closing(error: VerbError, headers: Readonly<Record<string, string>> = {}): Response {
  return refusal(error, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...headers,
  })
}
