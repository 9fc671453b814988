import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable, NO_KEYS } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { boolean, integer } from '../config/values/plain.ts'
import { offlineUuidSource } from './offline-uuid-source.ts'
import { sessionUrl } from './session-url.ts'

/** `[auth]`: how players of `client_only` servers are authenticated. */
export interface AuthConfig {
  /** What is asked, without its parameters. */
  readonly sessionUrl: string
  /** For one answer of the session server. */
  readonly timeoutMs: number
  /** Whether the session server compares where a player joins from with where the player has logged in. */
  readonly preventsProxies: boolean
  readonly offlineUuid: 'offline'
  /** How many questions to the session server may be open. */
  readonly maxPending: number
}

/** What `[auth]` is about in the whole gateway. */
export interface GatewayWithAuth {
  readonly auth: AuthConfig
}

const authKeys: KeyTable<AuthConfig> = keyTable<AuthConfig>({
  sessionUrl: {
    kind: 'key',
    from: 'operator',
    name: 'session_url',
    type: sessionUrl,
    default: 'https://sessionserver.mojang.com/session/minecraft/hasJoined',
    description:
      "The session server that is asked who a player is: all of its address, `/session/minecraft/hasJoined` included. `https://`, or `http://` to this machine. Another one than Mojang's decides alone who may call itself what.",
    example: 'https://sessions.example.com/session/minecraft/hasJoined',
    reload: 'live',
  },
  timeoutMs: {
    kind: 'key',
    from: 'operator',
    name: 'timeout',
    type: duration({ minMs: 100, maxMs: 20_000 }),
    default: '10s',
    description:
      'How long the session server may take for one player. A game waits for 30 s in all, and the server behind has to be reached in them too.',
    example: '5s',
    reload: 'live',
  },
  preventsProxies: {
    kind: 'key',
    from: 'operator',
    name: 'prevent_proxy_connections',
    type: boolean,
    default: false,
    description:
      'Whether a player is refused who has logged in to the account from another address than the one that joins. Also refuses players who reach Mojang by IPv6 and this proxy by IPv4. Only public addresses are compared.',
    example: true,
    reload: 'live',
  },
  offlineUuid: {
    kind: 'key',
    from: 'operator',
    name: 'offline_uuid',
    type: offlineUuidSource,
    default: 'offline',
    description:
      'The UUID of players whom nobody has authenticated: the one that a server in offline mode makes of the name.',
    example: 'offline',
    reload: 'live',
  },
  maxPending: {
    kind: 'key',
    from: 'operator',
    name: 'max_pending',
    type: integer({ min: 1, max: 10_000 }),
    default: 64,
    description:
      'Questions to the session server that may be open at the same time. Who comes when there are as many is told to try again; nobody else waits.',
    example: 200,
    reload: 'live',
  },
})

/** `[auth]` of `infrarust.toml`. */
export const auth: Feature<GatewayWithAuth, unknown> = {
  gateway: keyTable<GatewayWithAuth>({
    auth: {
      kind: 'table',
      name: 'auth',
      description: 'How players of servers with `proxy_mode = "client_only"` are authenticated.',
      table: authKeys,
    },
  }),
  server: NO_KEYS,
}
