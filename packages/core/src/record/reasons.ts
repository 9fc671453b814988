/**
 * Why a connection ended. The access record, the metrics, the log, the texts for players, the keys of `[messages]` and the
 * pages about them all come from this table, so a reason is added here and nowhere else.
 */
export const REASONS = {
  client_closed: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'The client ended first. Without a relay: it left before the server said anything.',
  },
  server_closed: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'The server ended first.',
  },
  client_reset: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'The client ended first, by a reset.',
  },
  server_reset: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'The server ended first, by a reset.',
  },
  answered: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'Infrarust answered the ping itself.',
  },
  unknown_domain: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ domain }: Named): string =>
        domain === undefined ? 'There is no server here.' : `There is no server called ${domain} here.`,
      isReplaceable: true,
      neverOfServer: 'no server has the domain then',
    },
    meaning: 'No server has the domain, and there is no default server.',
  },
  banned: {
    isRefusal: true,
    isOffence: true,
    level: 'info',
    told: { text: (): string => 'You are banned.', isReplaceable: true },
    meaning: 'The player or the address is banned.',
  },
  rate_limited: {
    isRefusal: true,
    isOffence: true,
    level: 'info',
    told: {
      text: (): string => 'You connect too often. Wait a moment, then try again.',
      isReplaceable: true,
    },
    meaning: 'The client connects too often.',
    more: 'Without a domain: reset as the oldest of too many connections of one client that had [not said what they want](rate-limits.md#connections-that-say-nothing).',
  },
  filtered: {
    isRefusal: true,
    isOffence: true,
    level: 'info',
    told: { text: (): string => 'You may not connect from this address.', isReplaceable: true },
    meaning: '`ip_filter` does not let the address in.',
  },
  // No offence: the address has done nothing, and a friend who is still to be put on the list tries more than once.
  player_filtered: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ server }: Named): string => `You are not among the players who may join ${server}. Ask its operator.`,
      isReplaceable: true,
    },
    meaning: "The server's `player_filter` does not let the player in.",
    more: '[What names and UUIDs are worth](player-filter.md#what-a-name-is-worth).',
  },
  maintenance: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ server }: Named): string => `${server} is in maintenance. Try again later.`,
      isReplaceable: true,
    },
    meaning: 'The server is in maintenance.',
    more: '[How it is switched](maintenance.md). `infrarust maintenance on --kick` ends sessions with it, too.',
  },
  // No offence: a session that has expired looks the same as an account that is not there.
  auth_failed: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: { text: ({ server }: Named): string => `${server} could not verify your account.`, isReplaceable: true },
    meaning: 'The session server does not know that the player has joined, or the player can have no account there.',
    more: 'With `proxy_mode = "client_only"`. The text says more where more is known, in `{reason}`.',
  },
  auth_unavailable: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: (): string =>
        'The servers that verify accounts cannot be asked right now. Try again in a moment. Nothing is wrong with your account.',
      isReplaceable: true,
    },
    meaning: 'The session server has not answered, or too many logins are under way.',
  },
  forwarding: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ server }: Named): string =>
        `${server} and this proxy do not agree on how players are announced. Please tell its operator.`,
      isReplaceable: true,
    },
    meaning:
      'The server and the proxy are not set up for the same kind of forwarding. The log says which key to change.',
    more: 'Also where the server has said so itself: then the player reads its text.',
  },
  server_down: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: { text: ({ server }: Named): string => `${server} cannot be reached right now.`, isReplaceable: true },
    meaning: 'No address of the server can be reached, or its container is stopped.',
  },
  loop: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ server }: Named): string =>
        `${server} cannot be reached: its address leads back to this proxy. Please tell its operator.`,
      isReplaceable: true,
    },
    meaning: 'The address of the server leads back to this proxy.',
    more: '[What to do](troubleshooting.md#-leads-back-to-this-proxy).',
  },
  full: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: { text: ({ server }: Named): string => `${server} is full.`, isReplaceable: true },
    meaning: 'The server has as many players as `max_players` allows.',
  },
  proxy_full: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: (): string => 'This proxy is full. Try again in a moment.',
      isReplaceable: true,
      neverOfServer: 'the whole proxy is full then',
    },
    meaning: 'The proxy has as many connections as `max_connections` or the system allows.',
  },
  starting: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: {
      text: ({ server }: Named): string => `${server} is starting. Try again in a moment.`,
      isReplaceable: true,
    },
    meaning: 'The server is starting.',
  },
  wake_failed: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: { text: ({ server }: Named): string => `${server} could not be started.`, isReplaceable: true },
    meaning: 'The server was to be started, and has not come up. The log says why.',
    more: '[Servers that sleep](sleeping-servers.md). Nobody can start it again before `cooldown` is over.',
  },
  // No offence: a friend who is not on the list tries more than once.
  wake_refused: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: { text: ({ server }: Named): string => `${server} sleeps, and you cannot wake it.`, isReplaceable: true },
    meaning:
      'The server sleeps, and the player may not wake it: `[wake]` does not name them, or they have woken too often.',
  },
  // The address may be that of the load balancer: whoever bans it locks everybody out.
  proxy_protocol: {
    isRefusal: true,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'A PROXY header that is missing, wrong, or from a peer that is not trusted. Nothing is answered.',
    more: '`detail` says what came instead of a header that is missing.',
  },
  bad_handshake: {
    isRefusal: true,
    isOffence: true,
    level: 'info',
    told: 'nobody',
    meaning:
      'No Minecraft handshake, or a forged one; a domain that no host can have; a domain or player name with control characters.',
    more: '`detail` says what came: HTTP, TLS, SSH, RDP, another next state, forwarding data.',
  },
  overrun: {
    isRefusal: true,
    isOffence: true,
    level: 'info',
    told: 'nobody',
    meaning: 'More bytes than a client sends before it is let in.',
  },
  header_timeout: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'It stopped speaking before its PROXY header was complete.',
  },
  handshake_timeout: {
    isRefusal: false,
    isOffence: true,
    level: 'info',
    told: 'nobody',
    meaning: 'It stopped speaking before it had said what it wants.',
  },
  login_timeout: {
    isRefusal: false,
    isOffence: true,
    level: 'info',
    told: 'nobody',
    meaning: 'It stopped speaking before it had said who the player is.',
  },
  idle_timeout: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'A session in which nothing moved.',
  },
  kicked: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: { text: (): string => 'You were disconnected by an operator.', isReplaceable: false },
    meaning: 'Ended by the operator.',
  },
  shutdown: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: { text: (): string => 'This proxy is restarting. Try again in a moment.', isReplaceable: false },
    meaning: 'The proxy was stopped.',
  },
  internal: {
    isRefusal: false,
    isOffence: false,
    level: 'info',
    told: 'nobody',
    meaning: 'A fault of Infrarust.',
  },
} as const

/** The closed list. A refused ping or login keeps its cause although it was answered with a text. */
export type Reason = keyof typeof REASONS

/** The reasons whose text the operator may replace. */
export type ReplaceableReason = {
  [Each in Reason]: (typeof REASONS)[Each] extends { told: { isReplaceable: true } } ? Each : never
}[Reason]

/** What is to be known about a reason. */
export interface ReasonRow {
  /** Whether the client is turned away. Whoever merely stopped speaking was not. */
  readonly isRefusal: boolean
  /** Whether it speaks against the address that it comes from, so that fail2ban counts it. */
  readonly isOffence: boolean
  /** Of the line that its access record is. */
  readonly level: 'info' | 'warn' | 'error'
  /** What the client reads, by a kick or in its server list; `nobody`: the connection ends without an answer. */
  readonly told: 'nobody' | Told
  /** A sentence for the pages and for the keys of `[messages]`. */
  readonly meaning: string
  /** What the page about the access log says beside it, as Markdown. */
  readonly more?: string
}

/** The text that a client reads, and whether an operator may replace it. */
export interface Told {
  /** What is read where the operator has written nothing: what happened, and what the player can do. */
  text(named: Named): string
  /** Whether `[messages]` may have another text. */
  readonly isReplaceable: boolean
  /** Where the `[messages]` of a server may not: why it would never be read. */
  readonly neverOfServer?: string
}

/** What a built-in text speaks of, safe to be shown. */
export interface Named {
  readonly domain: string | undefined
  /** `This server` where it is not known which. */
  readonly server: string
}

/** What the table says about one. */
export function reasonRow(reason: Reason): ReasonRow {
  return REASONS[reason]
}

/** All of them, in the order of the table. */
export const REASON_NAMES: readonly Reason[] = Object.keys(REASONS).filter((name) => isReason(name))

export const REPLACEABLE_REASONS: readonly ReplaceableReason[] = REASON_NAMES.filter((name) => isReplaceable(name))

export function isReplaceable(reason: Reason): reason is ReplaceableReason {
  const { told } = reasonRow(reason)
  return told !== 'nobody' && told.isReplaceable
}

export function isReason(name: string): name is Reason {
  return Object.hasOwn(REASONS, name)
}
