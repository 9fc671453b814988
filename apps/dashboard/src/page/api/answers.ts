/** What the proxy answers, as far as the page reads it. The OpenAPI document has all of it. */

/** Of `/connections`. */
export interface Connection {
  readonly id: number
  readonly state: string
  readonly client: string
  readonly client_port?: number
  readonly peer: string
  readonly peer_port?: number
  readonly listener: string
  readonly proxy_version?: number
  readonly proxy_command?: string
  readonly intent?: string
  readonly protocol?: number
  readonly domain?: string
  readonly player?: string
  readonly server?: string
  readonly endpoint?: string
  readonly bytes_in: number
  readonly bytes_out: number
  readonly age_ms: number
}

export interface Status {
  readonly pid: number
  readonly started_at: string
  readonly transport: string
  readonly log_level: string
  readonly connections: number
  readonly sessions: number
  readonly servers: readonly {
    readonly id: string
    readonly state: string
    /** Of one that the proxy starts and stops. */
    readonly power?: string
  }[]
  readonly listeners: readonly Listener[]
  readonly providers: readonly { readonly name: string; readonly state: string; readonly servers: number }[]
  readonly limits: Readonly<Record<string, number>>
  readonly slow_endpoints: readonly { readonly endpoint: string; readonly retry_in_ms: number }[]
  readonly trusted_names: readonly {
    readonly name: string
    readonly addresses: readonly string[]
    readonly problem?: string
  }[]
  readonly problems: readonly string[]
}

export interface Listener {
  readonly name: string
  readonly proxy_protocol: string
  /** Null: everybody. */
  readonly trusted: readonly string[] | null
  readonly trusted_file?: string
  readonly unix_socket?: string
  readonly connections: number
  readonly headers: readonly SeenHeader[]
}

export interface SeenHeader {
  readonly peer: string
  readonly header: string
  readonly count: number
  readonly last_at: string
}

export interface Server {
  readonly id: string
  readonly state: string
  readonly maintenance: boolean
  readonly provider: string
  readonly domains: readonly string[]
  readonly default: boolean
  readonly addresses: readonly string[]
  readonly sessions: number
  readonly send_proxy_protocol: false | 1 | 2
  /** Its file, or the container. */
  readonly source: string
  /** Where in its file it begins. */
  readonly place: string | null
}

/** Of `/servers/power`: one that the proxy starts and stops. */
export interface ManagedServer {
  readonly id: string
  /** `unknown`, `sleeping`, `starting`, `online`, `stopping` or `crashed`. */
  readonly state: string
  readonly seconds: number
  readonly usual_start_seconds?: number
  readonly position?: number
  readonly waiting: number
  readonly sessions: number
  readonly why?: string
}

export interface Provider {
  readonly name: string
  readonly state: string
  readonly servers: readonly string[]
  readonly problems: readonly string[]
  readonly conflicts: readonly string[]
  readonly last_error: { readonly message: string; readonly at: string } | null
}

export type TargetType = 'ip' | 'cidr' | 'username' | 'uuid'

export interface Ban {
  readonly target: { readonly type: TargetType; readonly value: string }
  readonly player_name?: string
  readonly other_names?: readonly string[]
  readonly reason: string | null
  readonly source: string
  /** Whole seconds since 1970. */
  readonly created_at: number
  readonly expires_at: number | null
}

export interface Maintenance {
  readonly server: string | null
  readonly since: string
  readonly text?: string
  readonly motd?: string
  readonly allow: readonly string[]
}

/** Of `/connections/{id}`. */
export interface ConnectionPath {
  readonly received: (HeaderFacts & { readonly trusted: boolean; readonly header_bytes: number }) | null
  readonly sent: (HeaderFacts & { readonly header_bytes: number; readonly hex: string }) | null
}

/** What a PROXY header says. */
export interface HeaderFacts {
  readonly version: number
  readonly command: string
  readonly source: HeaderEnd | null
  readonly destination: HeaderEnd | null
  readonly tlvs: readonly { readonly type: number; readonly name: string; readonly value: string }[]
}

export interface HeaderEnd {
  readonly address: string
  readonly port: number | null
}

/** Of `/paths`. */
export interface PathsAnswer {
  readonly paths: readonly {
    readonly network: string
    readonly listener: string
    readonly header: string
    readonly trusted: boolean
    readonly server: string | null
    readonly endpoint: string | null
    readonly sends: string
    readonly connections: number
    readonly bytes_in: number
    readonly bytes_out: number
  }[]
  readonly broken: readonly BrokenPath[]
}

/** Where something else came, or was wanted, than the other side expects. */
export interface BrokenPath {
  readonly side: 'listener' | 'server'
  readonly network: string | null
  readonly listener: string | null
  readonly server: string | null
  readonly text: string
  readonly count: number | null
  readonly last_at: string | null
}

/** An event of `/trace`. */
export type TraceEvent =
  | { readonly kind: 'tracing'; readonly target: string }
  | { readonly kind: 'missed'; readonly steps: number }
  | {
      readonly kind: 'step'
      readonly id: number
      readonly at: string
      readonly text: string
    }
