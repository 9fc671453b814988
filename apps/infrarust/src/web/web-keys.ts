import type { IsAttempted } from '@infrarust/core'
import {
  type BindAddress,
  bindAddressWithPort,
  boolean,
  hostName,
  integer,
  type KeyTable,
  keyTable,
  list,
  type Problem,
  text,
} from '@infrarust/core/provider'
import { origin } from './origin.ts'

/** `[web]`: the API on the network, and the dashboard on it. */
export interface WebConfig {
  readonly isApiEnabled: boolean
  readonly isPageEnabled: boolean
  readonly bind: BindAddress
  /** May do all; undefined: one is made and kept. */
  readonly apiKey: string | undefined
  /** May look and change nothing; undefined: there is none. */
  readonly readKey: string | undefined
  /** Other origins whose pages may ask: `https://panel.example.com`. */
  readonly corsOrigins: readonly string[]
  readonly rateLimit: WebRateLimit
  /** As written; relative to the folder of the configuration. */
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  /** Names in a request's `Host` that are answered, beside addresses and names without a dot. */
  readonly allowedHosts: readonly string[]
}

/** `[web.rate_limit]`. */
export interface WebRateLimit {
  /** 0: no limit. */
  readonly requestsPerMinute: number
}

/** What the API on the network takes of `infrarust.toml`. */
export interface WithWeb {
  /** Undefined: it is not served. */
  readonly web: WebConfig | undefined
}

/** The shortest key with which anybody but this machine may be let near it. */
export const KEY_MIN_CHARACTERS = 16

const rateLimitKeys: KeyTable<WebRateLimit> = keyTable<WebRateLimit>({
  requestsPerMinute: {
    kind: 'key',
    from: 'operator',
    name: 'requests_per_minute',
    type: integer({ min: 0, max: 1_000_000 }),
    default: 600,
    description:
      'Requests to the API that one client may make in a minute; 0 is no limit. Files of the page do not count.',
    example: 60,
    reload: 'live',
  },
})

const webKeys: KeyTable<WebConfig> = keyTable<WebConfig>({
  isApiEnabled: {
    kind: 'key',
    from: 'operator',
    name: 'enable_api',
    type: boolean,
    default: true,
    description: 'Whether the API is served; without it there is no page either.',
    example: false,
    reload: 'live',
  },
  isPageEnabled: {
    kind: 'key',
    from: 'operator',
    name: 'enable_webui',
    type: boolean,
    default: true,
    description: 'Whether the dashboard is served.',
    example: false,
    reload: 'live',
  },
  bind: {
    kind: 'key',
    from: 'operator',
    name: 'bind',
    type: bindAddressWithPort,
    default: '127.0.0.1:8080',
    description: `Where both are served. Elsewhere than on loopback they need a key of at least ${KEY_MIN_CHARACTERS} characters.`,
    example: '192.0.2.10:8080',
    reload: 'live',
  },
  apiKey: {
    kind: 'key',
    from: 'operator',
    name: 'api_key',
    type: text({ maxLength: 512 }),
    default: undefined,
    absent: 'on loopback: made once and kept in `web.key` in `data_dir`',
    description: 'Who sends it as `Authorization: Bearer …` may do all that a command may.',
    example: 'a-long-text-that-nobody-guesses',
    reload: 'live',
    isSecret: true,
  },
  readKey: {
    kind: 'key',
    from: 'operator',
    name: 'read_key',
    type: text({ maxLength: 512 }),
    default: undefined,
    absent: 'no such key',
    description: 'Who sends this one may look, and change nothing.',
    example: 'another-long-text-nobody-guesses',
    reload: 'live',
    isSecret: true,
  },
  corsOrigins: {
    kind: 'key',
    from: 'operator',
    name: 'cors_origins',
    type: list(origin, 'origins'),
    default: [],
    description: 'Pages of these origins may ask from a browser, with a key; a page of any other origin is refused.',
    example: ['https://panel.example.com'],
    reload: 'live',
  },
  rateLimit: {
    kind: 'table',
    name: 'rate_limit',
    description: 'How often one client may ask.',
    table: rateLimitKeys,
  },
  tlsCert: {
    kind: 'key',
    from: 'operator',
    name: 'tls_cert',
    type: text({ maxLength: 4096 }),
    default: undefined,
    absent: 'no TLS',
    description:
      'Certificate and its chain (PEM), relative to this file; with `tls_key` both are served over HTTPS. It is read again with a reload.',
    example: '/etc/infrarust/web.pem',
    reload: 'live',
  },
  tlsKey: {
    kind: 'key',
    from: 'operator',
    name: 'tls_key',
    type: text({ maxLength: 4096 }),
    default: undefined,
    absent: 'no TLS',
    description: 'The private key of `tls_cert` (PEM).',
    example: '/etc/infrarust/web.key.pem',
    reload: 'live',
  },
  allowedHosts: {
    kind: 'key',
    from: 'operator',
    name: 'allowed_hosts',
    type: list(hostName, 'names'),
    default: [],
    description:
      'Names with a dot under which it is opened. Addresses, names without a dot and the name of this machine are answered anyway; under any other name a web page could pose as this one.',
    example: ['proxy.example.com'],
    reload: 'live',
  },
})

/** `[web]` of `infrarust.toml`. */
export const webTable: KeyTable<WithWeb> = keyTable<WithWeb>({
  web: {
    kind: 'table',
    name: 'web',
    description: 'The API on the network and the dashboard. The mere `[web]` serves both on loopback.',
    table: webKeys,
    isOptional: true,
  },
})

/** A certificate without its key would be served without TLS, and every key would be read on the way. */
export function webTlsIsWhole({ web }: WithWeb, isAttempted: IsAttempted): readonly Problem[] {
  if (web === undefined || (web.tlsCert === undefined) === (web.tlsKey === undefined)) return []
  const [given, missing] = web.tlsCert === undefined ? ['tls_key', 'tls_cert'] : ['tls_cert', 'tls_key']
  if (isAttempted(['web', missing])) return []
  return [{ path: ['web', given], message: `web.${given} needs web.${missing} beside it` }]
}
